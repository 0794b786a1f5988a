"""This module owns names: what ``greylisting``, ``sendmail/all-refused`` or ``rules.yaml`` mean to a fake server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import scenarios
from conformance.errors import ScenarioError, UsageError
from conformance.scenario.collection import read_catalogue
from conformance.scenario.loader import load, source_of
from conformance.scenario.model import Scenario
from conformance.scenario.schema import schema_problems
from conformance.scenario.server_steps import CARRIAGES, build_script
from conformance.scenario.tree import Mapping, Node, Scalar, did_you_mean, plain, read_tree
from conformance.serving.rule_files import preset, preset_names, read_behaviour, read_file
from fake_servers.behaviour import Behaviour
from fake_servers.steps import Script, Transport

_FITTING = {
    (Transport.TCP, False): ("tcp", "starttls"),
    (Transport.TLS, False): ("tls",),
    (Transport.TCP, True): ("lmtp",),
    (Transport.UNIX, True): ("unix", "lmtp"),
}
"""Which transports of a scenario a server can play."""

_SCRIPT_KEYS = ("title", "about", "protocol", "server")
_CLIENT_SIDE = "{title: A server by itself, clauses: [none], level: de-facto, client: [{open: SMTP}]}"
"""Stands beside server steps, so that the schema of scenarios can judge them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What a name means.

    Attributes:
        behaviour: of a preset or a rule file; None: a script.
        lmtp: whether it needs LMTP.
        tls: whether it needs implicit TLS.
    """

    behaviour: Behaviour | None = None
    lmtp: bool = False
    tls: bool = False


class FileLibrary:
    """Finds scripts and behaviours: shipped scenarios and presets by name, others by path."""

    def behaviour(self, name: str) -> Behaviour:
        """Return what a preset or a rule file says.

        Raises:
            UsageError: there is none.
            ScenarioError: the file is broken.
        """
        if name in preset_names():
            return preset(name)
        if _is_path(name):
            return read_behaviour(read_file(Path(name)))
        raise UsageError(f"there is no preset {name!r}{did_you_mean(name, preset_names())}; a file is named with .yaml")

    def plot(self, name: str) -> Plot:
        """Return what a name means: a preset, a rule file, a scenario, or a file with a script.

        Raises:
            UsageError: it means nothing.
            ScenarioError: the file is broken.
        """
        tree = read_file(Path(name)) if _is_path(name) else None
        if tree is not None and is_script(tree):
            return Plot(lmtp=script_is_lmtp(tree))
        if name in preset_names() or (tree is not None and not is_scenario(tree)):
            behaviour = self.behaviour(name)
            return Plot(behaviour=behaviour, lmtp=bool(behaviour.lmtp))
        ways = [one.over for one in _variants(name)]
        if not ways:
            raise UsageError(f"the scenario {name!r} has no server side")
        return Plot(lmtp=ways[0] in {"lmtp", "unix"}, tls=ways[0] == "tls")

    def script(self, name: str, *, transport: Transport, lmtp: bool) -> Script:
        """Return the server's script of a scenario, or of a file that has one, as this kind of server plays it.

        Raises:
            UsageError: there is none, or none that such a server can play.
            ScenarioError: the file is broken.
        """
        if _is_path(name) and is_script(tree := read_file(Path(name))):
            return read_script(tree, transport=transport, lmtp=lmtp)
        found = [one for one in _variants(name) if one.over in _FITTING.get((transport, lmtp), ())]
        if not found:
            kind = f"{'LMTP' if lmtp else 'SMTP'} server over {transport}"
            raise UsageError(f"no scenario {name!r} has a server side that an {kind} can play")
        script = found[0].script
        assert script is not None  # noqa: S101 - _variants sees to it
        return _over(script, transport)


def _over(script: Script, transport: Transport) -> Script:
    """Return the script for connections of one server, which all come the same way."""
    return replace(script, dialogues=tuple(replace(dialogue, transport=transport) for dialogue in script.dialogues))


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or Path(name).is_file()


def is_script(tree: Node) -> bool:
    """Return whether a file has server steps and nothing of a client: what ``record`` writes."""
    return isinstance(tree, Mapping) and tree.get("server") is not None and tree.get("client") is None


def is_scenario(tree: Node) -> bool:
    """Return whether a file is a scenario."""
    return isinstance(tree, Mapping) and tree.get("client") is not None


def script_is_lmtp(tree: Node) -> bool:
    """Return whether a file with server steps is about LMTP."""
    return isinstance(tree, Mapping) and isinstance(said := plain(tree), dict) and said.get("protocol") == "lmtp"


def read_script(tree: Node, *, transport: Transport, lmtp: bool) -> Script:
    """Return the script of a file that has server steps and nothing of a client.

    Raises:
        ScenarioError: all mistakes, each at its place.
    """
    assert isinstance(tree, Mapping)  # noqa: S101 - is_script has seen to it
    problems = [
        key.place.problem(f"unknown key {key.value!r}{did_you_mean(str(key.value), _SCRIPT_KEYS)}")
        for key, _ in tree.entries
        if key.value not in _SCRIPT_KEYS
    ]
    server = tree.get("server")
    stub = read_tree(_CLIENT_SIDE, tree.place.path)
    assert server is not None and isinstance(stub, Mapping)  # noqa: S101, PT018 - is_script has seen to it
    whole = Mapping(place=tree.place, entries=(*stub.entries, (Scalar(place=tree.place, value="server"), server)))
    problems += schema_problems(whole, scenarios.ROOT / "schema.json")
    if problems:
        raise ScenarioError(problems)
    carriage = replace(CARRIAGES["lmtp" if lmtp else "tcp"], transport=transport)
    return _over(build_script(server, carriage, courteous=True, name=tree.place.path), transport)


@cache
def _variants(name: str) -> tuple[Scenario, ...]:
    """Return the scenarios that a name means and that have a server: all variants of a file, or one."""
    file_id, bracket, _ = name.partition("[")
    path = Path(file_id) if _is_path(file_id) else scenarios.ROOT / f"{file_id}.yaml"
    root = path.resolve().parent if _is_path(file_id) else scenarios.ROOT
    if not path.is_file():
        known = [str(found.relative_to(scenarios.ROOT).with_suffix("")) for found in scenarios.ROOT.rglob("*.yaml")]
        raise UsageError(f"there is no scenario {name!r}{did_you_mean(name, [*known, *preset_names()])}")
    catalogue = read_catalogue([root])
    found = load(source_of(path.resolve(), root), catalogue)
    return tuple(one for one in found if one.script is not None and (not bracket or one.id == name))
