"""The driver for Python clients: plays the client steps of a scenario on a module with the API of smtplib.

This one file is the whole driver. It is started by another interpreter than the suite's own: it imports nothing
but the standard library and keeps to what Python 3.6 can run. What travels is described in docs/driver-protocol.md.
A run starts a score of these processes: what few scenarios need is imported where they need it.

The deal: whatever the candidate does (raises SystemExit, prints, returns what cannot be encoded) becomes an answer.
What ends or blocks the process itself (os._exit, a segfault, an endless loop) is for the other side to see.

Order of the file: value forms; exceptions; what is given; the scenario; the session; the pipes.
"""

# Python 3.6 has neither `X | None` nor `list[X]` nor typing's newer homes:
# ruff: noqa: UP006, UP035, UP045

import base64
import builtins
import contextlib
import errno
import faulthandler
import functools
import importlib
import io
import json
import os
import platform
import re
import signal
import socket
import sys
import threading
import time
import types
import warnings
import weakref
from typing import Any, Callable, ClassVar, Dict, Iterator, List, Optional, Set, Tuple

try:
    import ssl
except ImportError:  # an interpreter built without OpenSSL
    ssl = None  # type: ignore[assignment]

PROTOCOL = 1
Json = Dict[str, Any]

# Limits: an answer must stay an answer, whatever a hostile server made the candidate keep.
ANSWER_BUDGET = 4 * 1024 * 1024  # octets of all values of one answer, roughly
LONGEST_VALUE = 1024 * 1024  # octets of one text or byte string
LONGEST_TEXT = 2000  # characters of a repr or of an exception's text
MOST_ITEMS = 10000  # of one container
DEEPEST = 24  # containers in containers
PRINTED_LIMIT = 256 * 1024  # octets a step may print
MOST_RECORDS = 10000  # audit events, watched calls, dialled addresses of a scenario


class UnsupportedError(Exception):
    """The candidate, its adapter or its interpreter has nothing to do this with.

    An adapter says the same by any exception with this attribute.
    """

    smtp_conformance_unsupported = True


class NotUnderstoodError(Exception):
    """A request is not as the protocol says; the runner's fault, never the candidate's."""


# ---------------------------------------------------------------------------------------------- value forms


def text_of(speak: Callable[[Any], str], value: Any) -> str:
    """Return str() or repr() of a candidate's value: bounded, without addresses, and never raising."""
    try:
        text = speak(value)
        shown = re.sub(r" at 0x[0-9A-Fa-f]+", "", text[:LONGEST_TEXT])
        return shown if len(text) <= LONGEST_TEXT else f"{shown}… ({len(text)} characters)"
    except BaseException as error:  # noqa: BLE001 - __repr__ is the candidate's code
        return f"<{speak.__name__} of {type(value).__name__} raised {type(error).__name__}>"


def type_name(kind: type) -> str:
    """Return the name of a class as the protocol writes it: builtins bare, others with their module."""
    module = str(getattr(kind, "__module__", "?"))
    name = str(getattr(kind, "__qualname__", "?"))
    return name if module == "builtins" else f"{module}.{name}"


class Encoder:
    """Puts the candidate's values into their JSON form; one encoder an answer, since it bounds the whole."""

    def __init__(self, name_of: Callable[[Any], Optional[str]]) -> None:
        self._name_of = name_of
        self._budget = ANSWER_BUDGET
        self._path: Set[int] = set()

    def form(self, value: Any) -> Any:
        """Return the JSON form of a value."""
        self._budget -= 32
        if value is None or value is True or value is False:
            return value
        name = self._name_of(value)
        if name is not None:
            return {"$self": name}
        if isinstance(value, Absent):
            return {"$absent": value.reason}
        for base, encode in self._FORMS:
            if isinstance(value, base):
                return self._of_base(value, base, encode)
        return self._object(value)

    def forms(self, values: Any) -> List[Any]:
        """Return the JSON forms of several values."""
        return [self.form(value) for value in values]

    def _of_base(self, value: Any, base: type, encode: Callable[..., Any]) -> Any:
        """Encode by the builtin type that the value has or descends from; keep the name of its own type."""
        form = encode(self, value, base)
        if type(value) is base:
            return form
        if isinstance(form, list):  # an array needs no form, unless its type must be told
            form = {"$list": form}
        elif not isinstance(form, dict):
            written = form if base is str else base.__repr__(value)  # type: ignore[call-arg]
            form = {"$" + base.__name__: written}
        if "$cut" not in form:
            form["type"] = text_of(str, type(value).__qualname__)
        return form

    def _text(self, value: str, _base: type) -> Any:
        length = str.__len__(value)
        if length > LONGEST_VALUE or length > self._budget:
            return self._cut("str", length, str.__getitem__(value, slice(0, LONGEST_TEXT)))
        self._budget -= length
        return str.__str__(value)

    def _octets(self, value: bytes, _base: type) -> Any:
        length = bytes.__len__(value)
        if length > LONGEST_VALUE or length > self._budget:
            return self._cut("bytes", length, bytes.__getitem__(value, slice(0, LONGEST_TEXT)))
        self._budget -= length * 4 // 3
        return {"$bytes": base64.b64encode(value).decode("ascii")}

    def _whole(self, value: int, _base: type) -> Any:
        if value.bit_length() > LONGEST_TEXT:  # Python 3.11 refuses to write very long numbers in decimal
            return self._cut("int", value.bit_length(), 0)
        # JSON numbers are doubles in most languages; beyond their precision the digits travel as text
        return int(value) if -(2**53) < value < 2**53 else {"$int": int.__repr__(value)}

    def _real(self, value: float, _base: type) -> Any:
        return float(value) if value - value == 0 else {"$float": float.__repr__(value)}

    def _container(self, value: Any, base: type) -> Any:
        length = base.__len__(value)  # type: ignore[attr-defined]
        deep = len(self._path) >= DEEPEST or id(value) in self._path
        if length > MOST_ITEMS or deep or self._budget <= 0:
            return self._cut(base.__name__, length, None)
        self._path.add(id(value))
        try:
            if base is dict:
                return {"$dict": [self.forms(pair) for pair in dict.items(value)]}
            items = self.forms(base.__iter__(value))  # type: ignore[attr-defined]
            return items if base is list else {"$" + base.__name__.replace("frozen", ""): items}
        finally:
            self._path.discard(id(value))

    def _cut(self, kind: str, length: int, start: Any) -> Json:
        return {"$cut": {"type": kind, "length": length, "start": None if start is None else self.form(start)}}

    def _object(self, value: Any) -> Json:
        kind = type(value)
        text = text_of(repr, value)
        self._budget -= len(text)
        return {"$object": {"type": type_name(kind), "bases": [type_name(base) for base in kind.__mro__], "repr": text}}

    _FORMS: ClassVar[Tuple[Tuple[type, Callable[..., Any]], ...]] = (
        (str, _text),
        (bytes, _octets),
        (int, _whole),
        (float, _real),
        (tuple, _container),
        (list, _container),
        (dict, _container),
        (set, _container),
        (frozenset, _container),
    )


class ScriptedAuthObject:
    """An authobject that answers what the scenario says and records what it was asked."""

    def __init__(self, initial: Any, answers: List[Any], calls: List[Any]) -> None:
        self._initial = initial
        self._answers = iter(answers)
        self._calls = calls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the initial response where no challenge is given, else the next answer."""
        if not args and set(kwargs) == {"challenge"}:  # the norm writes ``authobject(challenge=None)``
            args, kwargs = (kwargs["challenge"],), {}
        if kwargs:
            raise TypeError("an authobject takes one optional argument, challenge")
        self._calls.append(args)
        if not args or args[0] is None:
            return self._initial
        try:
            return next(self._answers)
        except StopIteration:
            raise RuntimeError("the scenario gives this authobject no more answers") from None


class Decoder:
    """Builds the values of a request from their JSON form, in the scenario that they are for."""

    def __init__(self, scenario: "Scenario", target: Any) -> None:
        self._scenario = scenario
        self._target = target

    def value(self, form: Any) -> Any:
        """Return the value of a JSON form."""
        if isinstance(form, list):
            return [self.value(item) for item in form]
        if not isinstance(form, dict):
            return form
        for key, build in self._FORMS.items():
            if key in form:
                return self._built(key, build, form[key])
        raise UnsupportedError(f"this driver has no value form {'/'.join(form)}")

    def _built(self, key: str, build: Callable[..., Any], content: Any) -> Any:
        """Build a value; what fails is the request's fault, unless it is the candidate that lacks something."""
        try:
            return build(self, content)
        except (NotUnderstoodError, UnsupportedError):
            raise
        except Exception as error:
            if key in ("$attribute", "$self", "$exception", "$tuple", "$dict", "$set", "$iterator", "$authobject"):
                raise
            raise NotUnderstoodError(f"{key}: {type(error).__name__}: {error}") from error

    def _authobject(self, form: Json) -> ScriptedAuthObject:
        answers = [self.value(answer) for answer in form["answers"]]
        return ScriptedAuthObject(self.value(form["initial"]), answers, self._scenario.authobject_calls)

    def _attribute(self, name: str) -> Any:
        return getattr(self._target, name)

    def _context(self, form: Json) -> Any:
        if ssl is None:
            raise UnsupportedError("this interpreter has no ssl module")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = form.get("check_hostname", True) and form.get("verify", True)
        context.verify_mode = ssl.CERT_REQUIRED if form.get("verify", True) else ssl.CERT_NONE
        if form.get("ca_file"):
            context.load_verify_locations(form["ca_file"])
        if form.get("certificate_file"):
            context.load_cert_chain(form["certificate_file"], form.get("key_file"))
        return context

    def _message(self, form: Json) -> Any:
        policies = ("default", "compat32", "SMTP", "SMTPUTF8", "HTTP", "strict")
        if form["policy"] not in policies:
            raise NotUnderstoodError(f"no email policy {form['policy']!r}")
        import email.message
        import email.policy

        policy = getattr(email.policy, form["policy"])
        octets = base64.b64decode(form["octets"])
        if not form.get("composed"):
            return email.message_from_bytes(octets, policy=policy)
        parsed = email.message_from_string(octets.decode("utf-8"), policy=policy)
        is_legacy = form["policy"] == "compat32"
        composed = email.message.Message(policy) if is_legacy else email.message.EmailMessage(policy)
        for name, value in parsed.items():
            composed[name] = value
        composed.set_payload(parsed.get_payload())
        return composed

    def _exception(self, form: Json) -> Any:
        kind = self._scenario.class_named(form["class"])
        return kind(*self.value(form.get("args", [])))

    _FORMS: ClassVar[Dict[str, Callable[..., Any]]] = {
        "$bytes": lambda _self, form: base64.b64decode(form),
        "$str": lambda _self, form: form,
        "$int": lambda _self, form: int(form),
        "$float": lambda _self, form: float(form),
        "$tuple": lambda self, form: tuple(self.value(form)),
        "$set": lambda self, form: set(self.value(form)),
        "$dict": lambda self, form: {self.value(key): self.value(value) for key, value in form},
        "$repeat": lambda self, form: self.value(form["value"]) * form["times"],
        "$iterator": lambda self, form: iter(self.value(form)),
        "$self": lambda self, form: self._scenario.target(form),
        "$authobject": _authobject,
        "$attribute": _attribute,
        "$context": _context,
        "$message": _message,
        "$exception": _exception,
    }


# ----------------------------------------------------------------------------------------------- exceptions

# Names by which programs catch exceptions, though the class itself may carry another one.
_WELL_KNOWN: Dict[str, type] = {
    "socket.error": OSError,
    "socket.timeout": socket.timeout,
    "socket.gaierror": socket.gaierror,
    "socket.herror": socket.herror,
}
if ssl is not None:
    _WELL_KNOWN["ssl.SSLError"] = ssl.SSLError
    _WELL_KNOWN["ssl.SSLEOFError"] = ssl.SSLEOFError
    _WELL_KNOWN["ssl.SSLZeroReturnError"] = ssl.SSLZeroReturnError
    _WELL_KNOWN["ssl.CertificateError"] = ssl.CertificateError
    _WELL_KNOWN["ssl.SSLCertVerificationError"] = getattr(ssl, "SSLCertVerificationError", ssl.CertificateError)


def names_of(kind: type, api: Any) -> List[str]:
    """Return all names by which a program can call a class: the candidate's own, well-known ones, and its MRO's."""
    names: List[str] = []
    for base in kind.__mro__:
        names.extend(name for name in dir(api) if getattr(api, name, None) is base and not name.startswith("__"))
        names.append(type_name(base))
    names.extend(name for name, known in _WELL_KNOWN.items() if issubclass(kind, known))
    return list(dict.fromkeys(names))


def described(error: BaseException, api: Any, encoder: Encoder) -> Json:
    """Return what is told of an exception that came out of the candidate."""
    kind = type(error)
    names = {"args", "smtp_code", "smtp_error", "sender", "recipients", "errno", "strerror"}
    names.update(name for name in getattr(error, "__dict__", {}) if not name.startswith("_"))
    attributes = {}
    for name in sorted(names):
        with contextlib.suppress(Exception):
            value = getattr(error, name)
            if value is not None or name not in ("errno", "strerror"):  # every OSError has these
                attributes[name] = encoder.form(value)
    return {
        "class": kind.__qualname__,
        "module": str(kind.__module__),
        "instance_of": names_of(kind, api),
        "attributes": attributes,
        "text": text_of(str, error),
        "where": places_of(error),
    }


def places_of(error: BaseException) -> List[str]:
    """Return the last places that an exception passed, outermost first, without the driver's own."""
    places = []
    entry = error.__traceback__
    while entry is not None:
        code = entry.tb_frame.f_code
        if code.co_filename != __file__:
            places.append(f"{code.co_filename}:{entry.tb_lineno} in {code.co_name}")
        entry = entry.tb_next
    return places[-8:]


# -------------------------------------------------------------------------------------------- what is given


class Patches:
    """Replaces attributes and items, and puts all of them back in reverse order."""

    def __init__(self, modules: Callable[[], List[types.ModuleType]]) -> None:
        self._undo = contextlib.ExitStack()
        self._modules = modules

    def attribute(self, owner: Any, name: str, value: Any) -> None:
        """Replace an attribute, and the names by which the candidate's modules imported it."""
        inherited = isinstance(owner, type) and name not in vars(owner)
        old = getattr(owner, name)
        setattr(owner, name, value)
        self._undo.callback(functools.partial(delattr, owner, name) if inherited else _setter(owner, name, old))
        if not isinstance(owner, type):
            for module in self._modules():
                for alias in [key for key, held in vars(module).items() if held is old]:
                    setattr(module, alias, value)
                    self._undo.callback(_setter(module, alias, old))

    def callback(self, undo: Callable[[], Any]) -> None:
        """Have something done when all is put back."""
        self._undo.callback(undo)

    def undo(self) -> None:
        """Put everything back."""
        self._undo.close()


def _setter(owner: Any, name: str, value: Any) -> Callable[[], None]:
    return functools.partial(setattr, owner, name, value)


class HostTable:
    """Names that only this scenario knows, each with addresses that lead to the fake server or nowhere."""

    def __init__(self, names: Dict[str, List[Any]], server: Any, dialled: List[Any]) -> None:
        self._server = server
        self._dialled = dialled
        self._real_lookup = socket.getaddrinfo
        self._connect_ex = socket.socket.connect_ex
        self._silent: List[socket.socket] = []
        self._names: Dict[str, List[str]] = {}
        self._addresses: Dict[str, Tuple[str, Any]] = {}
        for name, routes in names.items():
            for route in routes:
                # 198.18.0.0/15 is reserved for tests (RFC 2544); each entry of the table gets one of its own
                high, low = divmod(len(self._addresses) + 1, 256)
                address = f"198.18.{high}.{low}"
                self._addresses[address] = (name, route)
                self._names.setdefault(name.lower(), []).append(address)

    def patch(self, patches: Patches) -> None:
        """Let the process look names up here, and connect by what is written here."""
        real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex

        def connect(sock: socket.socket, address: Any) -> None:
            return real_connect(sock, self._route(sock, address))

        def connect_ex(sock: socket.socket, address: Any) -> int:
            try:
                return real_connect_ex(sock, self._route(sock, address))
            except OSError as error:
                return error.errno or errno.ECONNREFUSED

        patches.attribute(socket, "getaddrinfo", self._getaddrinfo)
        patches.attribute(socket, "gethostbyname", self._gethostbyname)
        patches.attribute(socket.socket, "connect", connect)
        patches.attribute(socket.socket, "connect_ex", connect_ex)

    def _silent_endpoint(self) -> Tuple[str, int]:
        """Return an endpoint at which an attempt to connect is neither accepted nor refused.

        Its backlog is full; the kernel then drops further attempts (Linux).
        """
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        self._silent.append(listener)
        for _ in range(3):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            filler.setblocking(False)
            self._connect_ex(filler, listener.getsockname())
            self._silent.append(filler)
        reached, number = listener.getsockname()
        return reached, number

    def _getaddrinfo(
        self,
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002 - the parameter's name in socket.getaddrinfo
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        addresses = self._lookup(host)
        if addresses is None:
            if host not in (None, "", b"", "localhost", b"localhost"):
                flags |= socket.AI_NUMERICHOST  # no scenario asks the machine's DNS
            return self._real_lookup(host, port, family, type, proto, flags)
        if family not in (socket.AF_UNSPEC, socket.AF_INET):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known (no such address family)")
        number, kind = port_number(port), type or socket.SOCK_STREAM
        number %= 65536  # the C library wraps it so
        return [(socket.AF_INET, kind, proto or socket.IPPROTO_TCP, "", (found, number)) for found in addresses]

    def _gethostbyname(self, host: str) -> str:
        return str(self._getaddrinfo(host, 0, socket.AF_INET)[0][4][0])

    def _lookup(self, host: Any) -> Optional[List[str]]:
        text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        return self._names.get(text.lower()) if isinstance(text, str) else None

    def _route(self, sock: socket.socket, address: Any) -> Any:
        """Return the address to connect to instead, and record what was asked for."""
        if not isinstance(address, tuple):
            return address  # a Unix socket
        host, port = address[:2]
        if not 0 <= port <= 65535:
            raise OverflowError("connect(): port must be 0-65535.")  # as the real one, before anything is dialled
        name, route = self._addresses.get(host, (host, None))
        for first in (self._lookup(host) or ())[:1]:  # a name that was never looked up
            route = self._addresses[first][1]
        if len(self._dialled) < MOST_RECORDS:
            self._dialled.append(Encoder(lambda _value: None).forms([name, port]))
        if route is None:
            return address
        reached, number = self._endpoint(route)
        return ("::ffff:" + reached, number, 0, 0) if sock.family == socket.AF_INET6 else (reached, number)

    def _endpoint(self, route: Any) -> Any:
        """Return where a route of the table leads, or raise what the system says of it."""
        if route == "refused":
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        if route == "unreachable":
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
        if route == "silent":
            return self._silent_endpoint()
        return self._server if route == "server" else route


def port_number(port: Any) -> int:
    """Return the number of a port that is named in one of the ways that getaddrinfo takes."""
    text = port.decode("ascii") if isinstance(port, bytes) else str(port or 0)
    try:
        return int(text)
    except ValueError:
        return socket.getservbyname(text)


def patch_fqdn(name: str, patches: Patches) -> None:
    """Let socket.getfqdn() return a name."""
    real = socket.getfqdn

    def getfqdn(host: str = "") -> str:
        return real(host) if host and host != name else name

    patches.attribute(socket, "getfqdn", getfqdn)


class AbsentDigest:
    """Lets a digest be refused in the way of an interpreter in FIPS mode: by ValueError, however it is reached."""

    def __init__(self, digest: str) -> None:
        self._digest = digest

    def patch(self, patches: Patches) -> None:
        """Refuse the digest in hashlib and hmac."""
        import hashlib
        import hmac

        real = getattr(hashlib, self._digest)

        @functools.wraps(real)
        def constructor(*args: Any, **kwargs: Any) -> Any:
            self._refuse(self._digest, kwargs)
            return real(*args, **kwargs)

        patches.attribute(hashlib, self._digest, constructor)
        patches.attribute(hashlib, "new", self._guarded(hashlib.new, "name", 0))
        patches.attribute(hmac.HMAC, "__init__", self._guarded(hmac.HMAC.__init__, "digestmod", 3))
        if hasattr(hmac, "digest"):
            patches.attribute(hmac, "digest", self._guarded(hmac.digest, "digest", 2))

    def _guarded(self, real: Any, parameter: str, place: int) -> Any:
        @functools.wraps(real)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            algorithm = args[place] if len(args) > place else kwargs.get(parameter)
            self._refuse(algorithm or "md5", kwargs)  # md5 was hmac's default up to Python 3.7
            return real(*args, **kwargs)

        return guarded

    def _refuse(self, algorithm: Any, kwargs: Dict[str, Any]) -> None:
        named = algorithm if isinstance(algorithm, str) else getattr(algorithm, "__name__", "")
        if named.lower().replace("openssl_", "") == self._digest and kwargs.get("usedforsecurity", True):
            raise ValueError(f"[digital envelope routines] unsupported ({self._digest} is absent in this scenario)")


class AuditHook:
    """The one audit hook of the process (a hook cannot be taken away again), switched on by scenarios."""

    def __init__(self) -> None:
        self._installed = False
        self._hear: Optional[Callable[[str, Any], None]] = None

    def listen(self, hear: Optional[Callable[[str, Any], None]]) -> None:
        """Pass events whose name begins with ``smtplib.`` on to a function; None: to nobody."""
        self._hear = hear
        if hear is not None and not self._installed:
            getattr(sys, "addaudithook")(self._on_event)  # noqa: B009 - mypy and 3.6 know no such name
            self._installed = True

    def _on_event(self, event: str, args: Any) -> None:
        if self._hear is not None and event.startswith("smtplib."):
            self._hear(event, args)


AUDIT = AuditHook()
HAS_AUDIT = hasattr(sys, "addaudithook")


# --------------------------------------------------------------------------------------------- the scenario


class Target:
    """What is driven: a module, or an object in one, with the API of smtplib."""

    def __init__(self, spec: str) -> None:
        self.spec = spec
        self.module_name, _, self._attribute = spec.partition(":")
        self.package = self.module_name.partition(".")[0]
        self.api = self.load()

    def load(self) -> Any:
        """Import the target and return the namespace that holds SMTP and the others."""
        found: Any = importlib.import_module(self.module_name)
        for name in filter(None, self._attribute.split(".")):
            found = getattr(found, name)
        if not any(hasattr(found, name) for name in ("SMTP", "SMTP_SSL", "LMTP")):
            raise ImportError(f"{self.spec} has neither SMTP nor SMTP_SSL nor LMTP: not the API of smtplib")
        return found

    @property
    def client(self) -> str:
        """What is driven: an adapter says of which client it is."""
        return str(getattr(self.api, "smtp_conformance_client", self.spec))

    def must_have(self, what: str) -> None:
        """Refuse what an adapter says cannot be seen through it."""
        if what in getattr(self.api, "smtp_conformance_lacks", ()):
            raise UnsupportedError(f"{what} of {self.client} cannot be judged through its adapter")

    def class_to_open(self, api: Any, name: str) -> Any:
        """Return a class by its name; one that an adapter does not have is one that its client does not have."""
        if hasattr(api, "smtp_conformance_client") and not hasattr(api, name):
            raise UnsupportedError(f"{self.client} has no {name}")
        return functools.reduce(getattr, name.split("."), api)

    def modules(self) -> Dict[str, types.ModuleType]:
        """Return the modules of the target that are loaded."""
        inside = (self.package, self.package + ".")
        return {
            name: module
            for name, module in list(sys.modules.items())
            if (name == inside[0] or name.startswith(inside[1])) and isinstance(module, types.ModuleType)
        }


class Leaving:
    """The end of a with block whose beginning was another step."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager

    def __enter__(self) -> None:
        """Do nothing: the manager was entered before."""

    def __exit__(self, *details: Any) -> Any:
        """Leave the manager's block."""
        return type(self._manager).__exit__(self._manager, *details)


class Scenario:
    """The state of one scenario: it is built at its first request and put away as a whole by ``close``."""

    def __init__(self, target: Target, only_this_thread: bool) -> None:
        self._spec = target
        self.api = target.api
        self.objects: Dict[str, Any] = {}
        self._managers: Dict[str, Any] = {}
        self._opening: Optional[Tuple[str, type]] = None
        self.patches = Patches(lambda: list(target.modules().values()))
        self.authobject_calls: List[Any] = []
        self.events: List[Any] = []
        self.watched: List[Any] = []
        self.dialled: List[Any] = []
        self._recorder = Encoder(self.name_of)
        self._sockets: Any = weakref.WeakSet()
        self._follow_sockets(threading.get_ident() if only_this_thread else None)

    def _follow_sockets(self, thread: Optional[int]) -> None:
        """Keep in mind all sockets that are made, so that the end of the scenario can close them."""
        real, sockets = socket.socket.__init__, self._sockets

        @functools.wraps(real)
        def init(self_: socket.socket, *args: Any, **kwargs: Any) -> None:
            real(self_, *args, **kwargs)
            if thread is None or thread == threading.get_ident():
                sockets.add(self_)

        self.patches.attribute(socket.socket, "__init__", init)

    # names

    def name_of(self, value: Any) -> Optional[str]:
        """Return the name that the scenario gave to an object, or gives to the one that is being opened."""
        for name, held in self.objects.items():
            if held is value:
                return name
        if self._opening is not None and type(value) is self._opening[1]:
            return self._opening[0]
        return None

    def target(self, name: str) -> Any:
        """Return what a request is about: an object by its name, or the module."""
        if name == "module":
            return self.api
        if name not in self.objects:
            raise NameError(f"there is no object {name!r}: the step that opens it did not return")
        return self.objects[name]

    def resolve(self, owner: Any, path: str) -> Any:
        """Return an attribute by its dotted path."""
        return functools.reduce(getattr, path.split("."), owner)

    def class_named(self, name: str) -> Any:
        """Return a class by a name of the candidate's, of the builtins, or of a module of the standard library."""
        for owner in (self.api, builtins):
            if hasattr(owner, name):
                return getattr(owner, name)
        module, _, attribute = name.rpartition(".")
        return getattr(importlib.import_module(module or "builtins"), attribute)

    # operations

    def open(self, request: Json) -> Any:
        """Make an object of one of the candidate's classes."""
        decoder = Decoder(self, None)
        name = request.get("as", "client")
        kind = self._spec.class_to_open(self.api, request["class"])
        if request.get("watch"):
            self._spec.must_have("watch")
            kind = self._watching(kind, name, request["watch"])
        args, kwargs = decoder.value(request.get("args", [])), arguments(decoder, request)
        self._opening = (name, kind) if isinstance(kind, type) else None
        try:
            self.objects[name] = kind(*args, **kwargs)
        finally:
            self._opening = None
        return self.objects[name]

    def _watching(self, kind: Any, name: str, methods: List[str]) -> type:
        """Return a subclass that records the calls of methods and passes them on."""
        if not isinstance(kind, type):
            raise UnsupportedError(f"{text_of(repr, kind)} is no class that could be derived from")

        def passing_on(method: str) -> Any:
            @functools.wraps(getattr(kind, method))
            def recorded(self_: Any, *args: Any, **kwargs: Any) -> Any:
                if len(self.watched) < MOST_RECORDS:
                    named = {key: self._recorder.form(value) for key, value in kwargs.items()}
                    self.watched.append([name, method, self._recorder.forms(args), named])
                return getattr(super(kind_, self_), method)(*args, **kwargs)

            return recorded

        body: Dict[str, Any] = {method: passing_on(method) for method in methods}
        body["__module__"], body["__qualname__"] = kind.__module__, kind.__qualname__
        kind_: type = type(kind)(kind.__name__, (kind,), body)
        return kind_

    def call(self, request: Json) -> Any:
        """Call a method of an object, or a function of the module."""
        name, method = request.get("on", "client"), request["method"]
        target = self.target(name)
        if target is self.api:
            self._spec.must_have("module")
        decoder = Decoder(self, target)
        args, kwargs = decoder.value(request.get("args", [])), arguments(decoder, request)
        if method == "__enter__":
            return self._enter(name, target)
        if method == "__exit__":
            return self._leave(name, *args)
        if method == "__setattr__":
            return setattr(target, *args)
        return self.resolve(target, method)(*args, **kwargs)

    def _enter(self, name: str, manager: Any) -> Any:
        """Enter a with block: what ``as`` binds is what the following calls go to."""
        entered = type(manager).__enter__(manager)
        self._managers[name] = manager
        self.objects[name] = entered
        return entered

    def _leave(self, name: str, error: Optional[BaseException] = None) -> None:
        """Leave the with block, normally or by an exception; what comes out of the block comes out here."""
        manager = self._managers.pop(name, self.target(name))
        with Leaving(manager):
            if error is not None:
                raise error

    def get(self, request: Json) -> Any:
        """Return attributes by name: their values, or their signatures or bases."""
        owner = self.target(request.get("on", "client"))
        if request["names"] and owner is self.api:
            self._spec.must_have("module")
        if request.get("as", "value") != "value":
            self._spec.must_have(request["as"])
        views: Dict[str, Callable[[Any, str], Any]] = {
            "value": self.resolve,
            "signature": signature_of,
            "bases": lambda owner, path: names_of(self.resolve(owner, path), self.api),
        }
        view = views[request.get("as", "value")]
        return {name: self._attribute(view, owner, name) for name in request["names"]}

    @staticmethod
    def _attribute(view: Callable[[Any, str], Any], owner: Any, name: str) -> Any:
        try:
            return view(owner, name)
        except Exception as error:
            if getattr(error, "smtp_conformance_unsupported", False):
                raise
            return Absent(error)  # one attribute that is not there leaves the others

    # given

    def give(self, request: Json) -> None:
        """Arrange what the scenario says holds in this process."""
        if "fqdn" in request:
            patch_fqdn(request["fqdn"], self.patches)
        if "default_timeout" in request:
            self.patches.callback(functools.partial(socket.setdefaulttimeout, socket.getdefaulttimeout()))
            socket.setdefaulttimeout(request["default_timeout"])
        if "hosts" in request:
            HostTable(request["hosts"]["names"], request["hosts"].get("server"), self.dialled).patch(self.patches)
        if "audit" in request:
            self._audit(request["audit"])
        if "without" in request:
            self._without(request["without"])

    def _audit(self, veto: Json) -> None:
        if not HAS_AUDIT:
            raise UnsupportedError("this interpreter has no audit hooks (they came with Python 3.8)")

        def hear(event: str, args: Any) -> None:
            if len(self.events) < MOST_RECORDS:
                self.events.append([event, *self._recorder.forms(args)])
            if event in veto.get("veto", []):
                raise RuntimeError(f"the scenario vetoes the audit event {event}")

        AUDIT.listen(hear)
        self.patches.callback(lambda: AUDIT.listen(None))

    def _without(self, names: List[str]) -> None:
        """Import the candidate anew in a process that seems to lack these modules and digests."""
        import hashlib

        for name in names:
            if name in hashlib.algorithms_guaranteed:
                AbsentDigest(name).patch(self.patches)
        absent = [name for name in names if name not in hashlib.algorithms_guaranteed]
        before = self._spec.modules()
        before.update({name: sys.modules[name] for name in also_private(absent) if name in sys.modules})
        self.patches.callback(functools.partial(self._restore_modules, before, also_private(absent)))
        for name in self._spec.modules():
            del sys.modules[name]
        sys.modules.update(dict.fromkeys(also_private(absent)))  # type: ignore[arg-type]
        try:
            self.api = self._spec.load()
        except BaseException as error:
            self.api = Unimportable(error)  # the steps that follow must not find the whole module
            raise

    def _restore_modules(self, before: Dict[str, types.ModuleType], absent: List[str]) -> None:
        for name in list(self._spec.modules()) + absent:
            sys.modules.pop(name, None)
        sys.modules.update(before)
        importlib.invalidate_caches()

    # the end

    def end(self) -> None:
        """Release everything without a word to the server, and put the process back as it was."""
        try:
            hook = None
            with contextlib.suppress(ImportError):  # of an Unimportable
                hook = getattr(self.api, "smtp_conformance_scenario_ends", None)
            if hook is not None:
                hook()
        finally:
            self.objects.clear()
            self._managers.clear()
            for sock in list(self._sockets):
                hang_up(sock)
            self.patches.undo()


class Unimportable:
    """Stands for a module that cannot be imported in this scenario: whatever is sought in it raises that error."""

    def __init__(self, error: BaseException) -> None:
        self._kind = type(error) if isinstance(error, Exception) else ImportError
        self._reason = text_of(str, error)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise ImportError(f"the candidate cannot be imported: {self._kind.__name__}: {self._reason}")


class Absent:
    """Stands for an attribute that is not there, or has no such view; travels as ``$absent``."""

    def __init__(self, error: Exception) -> None:
        self.reason = f"{type(error).__name__}: {text_of(str, error)}"


def arguments(decoder: Decoder, request: Json) -> Dict[str, Any]:
    """Return the keyword arguments of a request."""
    return {name: decoder.value(form) for name, form in request.get("kwargs", {}).items()}


def also_private(names: List[str]) -> List[str]:
    """Return module names, and those of their parts in C."""
    return [each for name in names for each in (name, "_" + name)]


def hang_up(sock: socket.socket) -> None:
    """Close a socket for good, though a file object made from it may still be held."""
    with contextlib.suppress(OSError, ValueError):
        sock.shutdown(socket.SHUT_RDWR)  # a forked child may hold the descriptor as well
    with contextlib.suppress(OSError, ValueError):
        descriptor = sock.detach()
        if descriptor >= 0:
            os.close(descriptor)


def signature_of(owner: Any, path: str) -> List[str]:
    """Return the parameters of a callable as one would write them, without annotations and without ``self``."""
    import inspect

    parents, _, name = path.rpartition(".")
    parent = functools.reduce(getattr, filter(None, parents.split(".")), owner)
    parameters = list(inspect.signature(getattr(parent, name)).parameters.values())
    if isinstance(parent, type) and inspect.isfunction(inspect.getattr_static(parent, name)):
        parameters = parameters[1:]
    written: List[str] = []
    previous = None
    for parameter in [*parameters, None]:
        kind = parameter.kind if parameter else None
        if previous == inspect.Parameter.POSITIONAL_ONLY != kind:
            written.append("/")
        if kind == inspect.Parameter.KEYWORD_ONLY and previous not in (kind, inspect.Parameter.VAR_POSITIONAL):
            written.append("*")
        if parameter:
            written.append(text_of(str, parameter.replace(annotation=inspect.Parameter.empty)))
        previous = kind
    return written


# ---------------------------------------------------------------------------------------------- the session


class PrintedOctets(io.RawIOBase):
    """Keeps what is written, up to a limit."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = bytearray()
        self._length = 0

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, octets: Any) -> int:
        """Keep octets."""
        kept = bytes(octets)
        self._kept += kept[: PRINTED_LIMIT - len(self._kept)]
        self._length += len(kept)
        return len(kept)

    def taken(self) -> str:
        """Return what was written since the last time, as text."""
        text = bytes(self._kept).decode("utf-8", "backslashreplace")
        if self._length > len(self._kept):
            text += f"… ({self._length} octets)"
        self._kept.clear()
        self._length = 0
        return text


class Session:
    """Answers requests: a driver without its pipes."""

    def __init__(self, only_this_thread: bool = False) -> None:
        self.ended = False
        self._only_this_thread = only_this_thread
        self._target: Optional[Target] = None
        self._scenario: Optional[Scenario] = None
        self._octets = PrintedOctets()
        self._printed = io.TextIOWrapper(
            self._octets,  # type: ignore[type-var]
            encoding="utf-8",
            errors="backslashreplace",
            newline="",
            write_through=True,
        )
        self._operations: Dict[str, Callable[[Json], Json]] = {
            "start": self._start,
            "given": self._given,
            "open": lambda request: self._step(request, self._begun().open),
            "call": lambda request: self._step(request, self._begun().call),
            "get": lambda request: self._step(request, self._begun().get),
            "close": self._close,
            "stop": self._stop,
        }

    def answer(self, request: Json) -> Json:
        """Return the answer to a request; never raise."""
        answer: Json = {}
        try:
            operation = self._operations.get(request.get("op", ""))
            if operation is None:
                answer = {"unsupported": f"this driver has no operation {request.get('op')!r}"}
            else:
                answer = operation(request)
        except BaseException as error:  # noqa: BLE001 - an answer is owed, whatever happened
            answer = {"refused": f"{type(error).__name__}: {text_of(str, error)}"}
        return {"id": request.get("id"), **answer}

    def _start(self, request: Json) -> Json:
        if request.get("protocol") != PROTOCOL:
            return {"unsupported": f"this driver speaks version {PROTOCOL} of the protocol"}

        def load(_request: Json) -> None:
            self._target = Target(request["drive"])

        answer = self._step(request, load)
        if "raised" in answer or self._target is None:
            return answer
        found = sys.modules[self._target.module_name]
        return {
            "started": {
                "protocol": PROTOCOL,
                "implementation": self._target.client,
                "version": version_of(self._target),
                "file": getattr(found, "__file__", None),
                "language": f"{platform.python_implementation()} {platform.python_version()}",
                "executable": sys.executable,
                "platform": "-".join((os.uname().sysname, os.uname().release, os.uname().machine)),
                "openssl": getattr(ssl, "OPENSSL_VERSION", None),
                "capabilities": capabilities(self._target),
            },
        }

    def _begun(self) -> Scenario:
        if self._target is None:
            raise NotUnderstoodError("nothing was started")
        if self._scenario is None:
            self._scenario = Scenario(self._target, self._only_this_thread)
        return self._scenario

    def _given(self, request: Json) -> Json:
        unknown = set(request) - {"id", "op", "fqdn", "default_timeout", "hosts", "without", "audit"}
        if unknown:
            return {"unsupported": f"this driver cannot arrange {', '.join(sorted(unknown))}"}
        return self._step(request, self._begun().give)

    def _close(self, request: Json) -> Json:
        scenario = self._begun()
        answer = self._step(request, lambda _request: scenario.end())
        self._scenario = None
        return without_empty(answer, records_of(scenario, ("events", "watched", "dialled")))

    def _stop(self, _request: Json) -> Json:
        self.ended = True
        return {"returned": None}

    def _step(self, request: Json, act: Callable[[Json], Any]) -> Json:
        """Do something with the candidate and return all that was seen of it."""
        scenario = self._scenario
        marks = marks_of(scenario)
        answer: Json = {}
        encoder = Encoder(scenario.name_of if scenario else lambda _value: None)
        began = time.perf_counter()
        with warnings.catch_warnings(record=True) as caught, self._printing():
            warnings.simplefilter("always")
            warnings.simplefilter("ignore", ResourceWarning)  # these come when the collector pleases
            try:
                value = act(request)
                answer["duration"] = time.perf_counter() - began
                answer["returned"] = encoder.form(value)
            except NotUnderstoodError:
                raise
            except BaseException as error:  # noqa: BLE001 - what comes out of a candidate is an observation
                if getattr(error, "smtp_conformance_unsupported", False):
                    answer["unsupported"] = text_of(str, error)
                else:
                    answer["duration"] = time.perf_counter() - began
                    answer["raised"] = described(error, scenario.api if scenario else None, encoder)
        answer["printed"] = self._octets.taken()
        answer["warnings"] = [
            {"category": item.category.__name__, "text": text_of(str, item.message)} for item in caught
        ]
        return without_empty(answer, increments(scenario, marks))

    @contextlib.contextmanager
    def _printing(self) -> Iterator[None]:
        before = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = self._printed
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before


RECORDS = ("authobject_calls", "events", "watched", "dialled")


def records_of(scenario: Optional[Scenario], names: Tuple[str, ...] = RECORDS) -> Dict[str, List[Any]]:
    """Return what is recorded beside the outcome of steps."""
    return {name: getattr(scenario, name) for name in names} if scenario else {}


def marks_of(scenario: Optional[Scenario]) -> Dict[str, int]:
    """Return how many records of each kind there are."""
    return {name: len(records) for name, records in records_of(scenario).items()}


def increments(scenario: Optional[Scenario], marks: Dict[str, int]) -> Json:
    """Return what was recorded since the marks were taken."""
    found = {name: records[marks.get(name, 0) :] for name, records in records_of(scenario).items()}
    if scenario and found["authobject_calls"]:
        encoder = Encoder(scenario.name_of)
        found["authobject_calls"] = [encoder.forms(args) for args in found["authobject_calls"]]
    return found


def without_empty(answer: Json, more: Json) -> Json:
    """Return an answer with more keys; a report that is empty is left out."""
    answer.update(more)
    return {key: value for key, value in answer.items() if value or key not in ("printed", "warnings", *RECORDS)}


def version_of(target: Target) -> Optional[str]:
    """Return the version of the implementation, as well as it can be known."""
    package = target.client.partition(".")[0] if target.client != target.spec else target.package
    module = sys.modules.get(package)
    if hasattr(module, "__version__"):
        return text_of(str, getattr(module, "__version__"))  # noqa: B009 - mypy knows no such attribute
    if os.path.dirname(str(getattr(module, "__file__", None))) == os.path.dirname(os.__file__):
        return platform.python_version()
    try:
        metadata = importlib.import_module("importlib.metadata")
        return str(metadata.version(package))
    except Exception:  # noqa: BLE001 - 3.6 and 3.7 have no such module, others no such distribution
        return None


def capabilities(target: Target) -> List[str]:
    """Return what this driver can do beyond the operations that every driver has, with this target."""
    found = ["fqdn", "default-timeout", "hosts", "without", "watch", "signature", "bases"]
    if HAS_AUDIT:
        found.append("audit")
    if hasattr(faulthandler, "register"):
        found.append("stack-dump")
    lacks = getattr(target.api, "smtp_conformance_lacks", ())
    return [name for name in found if name not in lacks]


# ------------------------------------------------------------------------------------------------ the pipes


class Pipes:
    """The two pipes to the runner, out of the candidate's reach as far as that can be."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._in = os.fdopen(os.dup(0), "rb")
        self._out = os.dup(1)
        self._pipe = self._identity()
        self.trouble = os.dup(2)  # where stacks are dumped, even if the candidate closes descriptor 2
        os.dup2(2, 1)  # what the candidate writes to descriptor 1 goes to the stderr of the process
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    def _check_pipe(self) -> None:
        """Refuse to write into what the candidate opened under the number of a pipe that it closed."""
        if self._identity() != self._pipe:
            raise OSError(errno.EBADF, "the descriptor is another file now")

    def _identity(self) -> Tuple[int, int]:
        status = os.fstat(self._out)
        return status.st_dev, status.st_ino

    def requests(self) -> Iterator[Json]:
        """Yield requests until the runner hangs up."""
        for line in self._in:
            yield json.loads(line.decode("utf-8"))

    def send(self, answer: Json) -> None:
        """Send one answer; end the process where that is impossible."""
        if os.getpid() != self._process:
            os._exit(0)  # a child that the candidate forked, and that came back from its call
        octets = json.dumps(answer).encode("ascii") + b"\n"
        try:
            self._check_pipe()
            while octets:
                octets = octets[os.write(self._out, octets) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                os.write(self.trouble, (f"driver: cannot answer, the pipe was closed: {error}\n").encode())
            os._exit(70)


def prepare_stack_dumps(descriptor: int) -> None:
    """Have Python stacks written when the process crashes or the runner asks by SIGUSR1.

    Called again before each request: a candidate may have put a handler of its own there.
    """
    if hasattr(faulthandler, "register"):
        faulthandler.unregister(signal.SIGUSR1)
        faulthandler.register(signal.SIGUSR1, file=descriptor, all_threads=True, chain=False)


def main() -> None:
    """Answer requests until there are no more."""
    pipes = Pipes()
    here = os.path.dirname(os.path.realpath(__file__))  # the suite's own modules must not pass for top-level ones
    sys.path[:] = [path for path in sys.path if os.path.realpath(path or ".") != here]
    faulthandler.enable(file=pipes.trouble)
    session = Session()
    for request in pipes.requests():
        prepare_stack_dumps(pipes.trouble)
        pipes.send(session.answer(request))
        if session.ended:
            break
    os._exit(0)  # threads and exit handlers of the candidate must not hold the process


if __name__ == "__main__":
    main()
