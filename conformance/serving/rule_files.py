"""This module owns rule files: their schema, and the way from a file to a behaviour, with places for all mistakes.

What a rule means is the business of ``fake_servers.rule_text``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from conformance.errors import Problem, ScenarioError, UsageError
from conformance.scenario.schema import schema_problems
from conformance.scenario.tree import Mapping, Node, Scalar, Sequence, did_you_mean, plain, read_tree
from fake_servers.behaviour import Behaviour
from fake_servers.rule_text import RuleError, build_rule
from fake_servers.rules import Rule

_HOME = Path(str(files("fake_servers")))
SCHEMA = _HOME / "rules.schema.json"
PRESETS = _HOME / "presets"


def preset_names() -> list[str]:
    """Return the names of all presets."""
    return sorted(path.stem for path in PRESETS.glob("*.yaml"))


def preset_source(name: str) -> str:
    """Return the file of a preset, as it is.

    Raises:
        UsageError: there is no such preset.
    """
    if name not in preset_names():
        raise UsageError(f"there is no preset {name!r}{did_you_mean(name, preset_names())}")
    return (PRESETS / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def preset(name: str) -> Behaviour:
    """Return a preset.

    Raises:
        UsageError: there is none of that name.
    """
    return read_behaviour(read_tree(preset_source(name), f"presets/{name}.yaml"))


def read_file(path: Path) -> Node:
    """Return a YAML file as a tree.

    Raises:
        UsageError: it cannot be read.
        ScenarioError: it is no YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError([Problem(str(path), 1, 1, f"not UTF-8 at octet {error.start}")]) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    return read_tree(text, str(path))


def read_behaviour(tree: Node) -> Behaviour:
    """Return the behaviour that a tree describes.

    Raises:
        ScenarioError: all mistakes, each at its place.
    """
    problems = list(schema_problems(tree, SCHEMA))
    if problems or not isinstance(tree, Mapping):
        raise ScenarioError(problems or [tree.place.problem("rules are a mapping with title and rules")])
    rules: list[Rule] = []
    listed = tree.get("rules")
    for node in listed.items if isinstance(listed, Sequence) else ():
        try:
            rules.append(_rule(node))
        except RuleError as error:
            problems.append(_place_of(error, node).place.problem(str(error)))
    if problems:
        raise ScenarioError(problems)
    facts = dict(_texts(tree))
    protocol = facts.get("protocol")
    return Behaviour(
        title=facts["title"],
        about=facts.get("about", "").strip(),
        lmtp=None if protocol is None else protocol == "lmtp",
        settings=_settings(tree.get("settings")),
        rules=tuple(rules),
    )


def _texts(tree: Mapping) -> Iterator[tuple[str, str]]:
    yield from ((str(key.value), str(value.value)) for key, value in tree.entries if isinstance(value, Scalar))


def _rule(node: Node) -> Rule:
    said = plain(node)
    assert isinstance(said, dict)  # noqa: S101 - the schema has seen to it
    settings = {str(key).replace("-", "_"): value for key, value in said.items()}
    if "do" in settings:
        settings["do"] = [{str(key).replace("-", "_"): value for key, value in one.items()} for one in settings["do"]]
    return build_rule(str(settings.pop("at")), **settings)


def _place_of(error: RuleError, node: Node) -> Node:
    found = node.get(error.key.replace("_", "-")) if isinstance(node, Mapping) else None
    return found or node


def _settings(node: Node | None) -> dict[str, object]:
    said = plain(node) if node is not None else {}
    assert isinstance(said, dict)  # noqa: S101 - the schema has seen to it
    names = {str(key).replace("-", "_"): value for key, value in said.items()}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in names.items()}
