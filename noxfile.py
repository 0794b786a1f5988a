"""What can be run on a checkout. ``nox`` runs what CI runs; ``nox --list`` says what there is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox

nox.options.sessions = ["tests", "quality", "wheel"]
nox.options.default_venv_backend = "venv"

PROJECT = nox.project.load_toml("pyproject.toml")
TEST = nox.project.dependency_groups(PROJECT, "test")
CLIENTS = nox.project.dependency_groups(PROJECT, "clients")
QUALITY = nox.project.dependency_groups(PROJECT, "quality")
PAGE_FORMS = {"html": "matrix.html", "junit": "matrix.xml", "markdown": "matrix.md", "badge": "badge.json"}
KEEPING_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
"""The tests start hundreds of processes; without bytecode each would compile all that it imports."""
OURS = ["reference_client", "fake_servers", "scenarios", "conformance"]


@nox.session
def tests(session: nox.Session) -> None:
    """Run the project's own tests; arguments go to pytest."""
    session.install("-e", ".[conformance]", *TEST, *CLIENTS)
    session.run("smtp-conformance", "lint", silent=True)  # reads the corpus once, and not each worker for itself
    # More workers than cores: a scenario is a conversation, and its two sides mostly wait for each other.
    together = ["-n", "5", "--dist", "worksteal"]
    session.run("pytest", *together, "--durations=15", *session.posargs, env=KEEPING_BYTECODE)


@nox.session
def miniatures(session: nox.Session) -> None:
    """Let every miniature meet the whole corpus: each bug fails exactly its scenarios, each legal variant none."""
    session.install("-e", ".[conformance]", *TEST, *CLIENTS)
    whole = ["tests/conformance/test_miniatures.py", "--whole-corpus"]
    session.run("pytest", "-n", "3", "--dist", "worksteal", *whole, *session.posargs, env=KEEPING_BYTECODE)


@nox.session(python="3.11")
def mutation(session: nox.Session) -> None:
    """Break smtplib and the reference client at every point of their syntax trees: 97 % must die (half an hour)."""
    session.install("-e", ".[conformance]")
    clients = [] if {"smtplib", "reference_client"} & set(session.posargs) else ["smtplib", "reference_client"]
    session.run("python", "-m", "tests.mutation", *clients, *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Search for inputs that break a property; ``--seconds 600``, ``--corpus DIR`` and more: ``-- --help``."""
    session.install("-e", ".[conformance]", *TEST, *CLIENTS)
    # By coverage as well, where there is a wheel of atheris: not for every system, nor every interpreter.
    session.run("python", "-m", "pip", "install", "--only-binary", ":all:", "atheris", success_codes=[0, 1])
    session.run("python", "-m", "tests.fuzzing", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Play the whole corpus again and again, half of the time under load; ``--runs 500`` and more: ``-- --help``."""
    session.install("-e", ".[conformance]", *TEST, *CLIENTS)
    session.run("python", "-m", "tests.soak", *session.posargs)


@nox.session
def peers(session: nox.Session) -> None:
    """Let the mail clients of others meet the presets; curl, swaks, msmtp, smtp-source, nodemailer are installed."""
    session.install("-e", ".[conformance]", *TEST, *CLIENTS)
    if shutil.which("apt-get") and os.geteuid() == 0:
        packages = ["curl", "swaks", "msmtp", "postfix", "npm"]
        missing = [one for one in packages if not shutil.which("smtp-source" if one == "postfix" else one)]
        if missing:
            install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
            session.run(*install, env={"DEBIAN_FRONTEND": "noninteractive"}, external=True)
    modules = Path(session.create_tmp()).resolve()
    if shutil.which("npm"):
        session.run("npm", "install", "--silent", "--prefix", str(modules), "nodemailer", external=True)
    session.run("pytest", "tests/peers", *session.posargs, env={"NODE_PATH": str(modules / "node_modules")})


@nox.session
def conformance(session: nox.Session) -> None:
    """Judge a candidate; arguments go to ``smtp-conformance run`` (without any: the reference client)."""
    session.install("-e", ".[conformance]")
    session.run("smtp-conformance", "run", *session.posargs)


@nox.session
def matrix(session: nox.Session) -> None:
    """Judge every candidate found on this machine against its baseline; arguments go to ``smtp-conformance matrix``."""
    session.install("-e", ".[conformance]", *CLIENTS)
    session.run("smtp-conformance", "matrix", "-n", "2", *session.posargs)


@nox.session
def page(session: nox.Session) -> None:
    """Build the page of the matrix, in ``results/``; arguments go to ``smtp-conformance matrix``."""
    session.install("-e", ".[conformance]", *CLIENTS)
    Path("results").mkdir(exist_ok=True)
    forms = [f"--{form}=results/{name}" for form, name in PAGE_FORMS.items()]
    # A page of failures is a page.
    session.run("smtp-conformance", "matrix", "-n", "2", *forms, *session.posargs, success_codes=[0, 1])
    session.log("open results/matrix.html")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the speed of the reference client, as ratios; arguments go to ``python -m benchmarks`` (``--quick``)."""
    session.install("-e", ".[conformance]")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(name="bench-suite")
def bench_suite(session: nox.Session) -> None:
    """Measure a run of the suite, as ratios; arguments go to ``python -m benchmarks.suite`` (``--pairs 5``)."""
    session.install("-e", ".[conformance]")
    session.run("python", "-m", "benchmarks.suite", *session.posargs)


@nox.session(name="bench-servers")
def bench_servers(session: nox.Session) -> None:
    """Measure ``serve`` beside aiosmtpd and smtp-sink, as ratios; arguments go to ``python -m benchmarks.serve``."""
    session.install("-e", ".[conformance]", *TEST)
    session.run("python", "-m", "benchmarks.serve", *session.posargs)


@nox.session
def quality(session: nox.Session) -> None:
    """Check types, style, architecture and the scenario files."""
    session.install("-e", ".[conformance]", *TEST, *CLIENTS, *QUALITY)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy", *OURS, "benchmarks", "tests", "noxfile.py")
    session.run("lint-imports")
    session.run("smtp-conformance", "lint")


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it in a fresh environment, and run the suite from there, outside the checkout."""
    session.install("build")
    target = Path(session.create_tmp()).resolve()
    shutil.rmtree(target / "dist", ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(target / "dist"))
    built = next((target / "dist").glob("*.whl"))
    fresh = target / "fresh"
    session.run("python", "-m", "venv", "--clear", str(fresh))
    python = str(fresh / "bin" / "python")
    session.run(python, "-m", "pip", "install", "-q", f"{built}[conformance]", external=True)
    session.chdir(target)
    session.run(str(fresh / "bin" / "smtp-conformance"), "run", "-q", external=True)
