"""This module owns what is checked of the corpus as a whole: every clause has a scenario, every file is sound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from conformance.errors import Problem, ScenarioError
from conformance.scenario.collection import SHIPPED, Corpus, read_catalogue, read_corpus
from conformance.scenario.loader import load, source_of


def coverage(corpus: Corpus) -> Counter[str]:
    """Return how many scenario files judge each clause."""
    judged = {(scenario.file_id, clause) for scenario in corpus.scenarios for clause in scenario.clauses}
    return Counter(clause for _, clause in judged)


def lint_corpus(folders: Sequence[Path] = ()) -> list[Problem]:
    """Return all that is wrong with the shipped corpus and the given folders."""
    try:
        corpus = read_corpus([SHIPPED, *folders])
    except ScenarioError as error:
        return list(error.problems)
    counts = coverage(corpus)
    uncovered = (
        Problem("scenarios/clauses.yaml", clause.line, 1, f"no scenario judges clause {clause.id}")
        for clause in corpus.clauses.values()
        if not counts[clause.id]
    )
    return sorted([*corpus.problems, *uncovered])


def lint_paths(paths: Sequence[Path], folders: Sequence[Path] = ()) -> list[Problem]:
    """Return all that is wrong with these files, and those in these folders."""
    problems: list[Problem] = []
    try:
        clauses = read_catalogue(folders)
    except ScenarioError as error:
        return list(error.problems)
    for path in paths:
        files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
        for file in files:
            if file.name == "clauses.yaml":
                continue
            root = next(
                (root for root in (SHIPPED, *folders) if file.resolve().is_relative_to(root.resolve())), file.parent
            )
            try:
                load(source_of(file.resolve(), root.resolve()), clauses)
            except ScenarioError as error:
                problems.extend(error.problems)
    return sorted(set(problems))
