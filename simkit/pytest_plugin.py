"""The pytest plugin: assertions about a blast radius that say, when they fail, how the attacker got there.

::

    def test_customers_are_safe(blast_radius):
        assert blast_radius("scenarios/x.yaml", policy="rbac").chance("customer-db") <= 0.05

Installed with simkit; `-p no:simkit` leaves it out. Loading it imports nothing but pytest and the empty front door of
simkit; the rest, and numba with it, is imported by the first call of the fixture.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from simkit.blast_radius import BlastRadius
    from simkit.measures.measured import Measured

Answer = TypeVar("Answer")
_RADII: pytest.StashKey[BlastRadii] = pytest.StashKey()
MARK = "blast_radius(scenario, *, policy, entry_point, trials, seed, baseline): what calls of the fixture leave out"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options --simkit-update and --simkit-reason, and the ini options simkit_baseline, _trials and _seed."""
    group = parser.getgroup("simkit", "blast radius")
    group.addoption("--simkit-update", action="store_true", help="Renew the baselines that tests check scenarios by.")
    group.addoption("--simkit-reason", default="", help="Why a renewal takes away what scenarios are held to.")
    parser.addini("simkit_baseline", "The baseline file, as seen from the root of the project.", default="")
    parser.addini("simkit_trials", "How many times an attack is replayed.", default="1000")
    parser.addini("simkit_seed", "The seed of the replays.", default="0")


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker. Raises UsageError for --simkit-update with several processes, which would race."""
    config.addinivalue_line("markers", MARK)
    if config.getoption("simkit_update") and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--simkit-update writes files that several processes would share: run it without -n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says which baselines --simkit-update renewed."""
    if not config.getoption("simkit_update"):
        return
    radii = config.stash.get(_RADII, None)
    for file in sorted(radii.renewed) if radii else ():
        terminalreporter.write_line(f"simkit: renewed {file}")
    if radii is None or not radii.renewed:
        terminalreporter.write_line("simkit: no test that ran checks a scenario against a baseline; none was renewed")


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """The measure, its interval and the main attack path, where one side of a failed comparison is measured."""
    measures = sys.modules.get("simkit.measures.measured")
    if measures is None:  # nothing was measured yet
        return None
    for found, other, turned in ((left, right, False), (right, left, True)):
        if isinstance(found, measures.Measured):
            return _told(found, op, other, turned=turned)
    return None


def _told(found: Measured, op: str, other: object, *, turned: bool) -> list[str]:
    from simkit.table import percent

    number = found.written(float(other)) if isinstance(other, int | float) else str(other)
    sides = (number, found.what) if turned else (found.what, number)
    lines = [f"{sides[0]} {op} {sides[1]}", f"{found.what} is {found}, from {found.trials:,} trials"]
    if isinstance(other, int | float) and float(other) in found:
        lines.append("the interval holds the bound: more trials would tell")
    if found.result is not None:
        lines.append(f"in {found.result.provenance}")
    path = found.main_path()
    if path is None:
        return [*lines, "no sample got there"]
    steps = (f"  {number}. {step.label}" for number, step in enumerate(path.steps, start=1))
    return [*lines, f"the most frequent attack path ({percent(path.share.estimate)} of trials):", *steps]


def _answered(question: Callable[[], Answer]) -> Answer:
    """The answer to `question`; where simkit refuses it, the test fails at its own line, with the one sentence."""
    from simkit.errors import InputError

    __tracebackhide__ = True
    try:
        return question()
    except InputError as error:
        refused = str(error)
    pytest.fail(refused)


@dataclass(frozen=True, slots=True)
class Radius:
    """A blast radius to assert about: what it measures compares by the estimate, and explains itself on failure."""

    result: BlastRadius

    def __repr__(self) -> str:
        return repr(self.result)

    def measure(self, what: str) -> Measured:
        """A goal, a resource (lost in any way), `resource:impact`, or a row of `simkit.measures.MEASURES`."""
        from simkit.measures.measured import measured

        __tracebackhide__ = True
        return _answered(lambda: measured(self.result, what))

    def chance(self, what: str) -> Measured:
        """The chance of a goal, that a resource is lost in any way, or of a `resource:impact`."""
        __tracebackhide__ = True
        return self.measure(what)

    def value_lost(self) -> Measured:
        """The mean value lost."""
        return self.measure("value-lost")

    def worst_case(self) -> Measured:
        """The value lost in the worst case."""
        return self.measure("worst-case")


class BlastRadii:
    """Replays scenarios for tests, each attack once a session; paths are seen from the root of the project."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._found: dict[tuple[object, ...], Radius] = {}
        self.renewed: set[str] = set()

    def simulate(self, scenario: str, given: Mapping[str, Any]) -> Radius:
        """The blast radius of `scenario`, a path, as `given` says."""
        import simkit

        path = self._path(scenario)
        key = (path, path.stat().st_mtime_ns if path.exists() else 0, *sorted(given.items()))
        if key not in self._found:
            asked = {"trials": self._ini("simkit_trials"), "seed": self._ini("simkit_seed"), **given}
            self._found[key] = Radius(simkit.simulate(simkit.load(self._seen(scenario)), **asked))
        return self._found[key]

    def check(self, scenario: str, baseline: str | None) -> None:
        """Fails the test if `scenario` breaks what it expects or grew; --simkit-update renews the baseline."""
        from simkit.checks import check

        stored = baseline or str(self._config.getini("simkit_baseline"))
        update = bool(stored) and bool(self._config.getoption("simkit_update"))
        file = self._seen(stored) if stored else None
        trials, seed = (None, None) if stored else (self._ini("simkit_trials"), self._ini("simkit_seed"))
        reason = self._config.getoption("simkit_reason") if update else ""
        report = check(self._seen(scenario), baseline=file, update=update, reason=reason, trials=trials, seed=seed)
        self.renewed |= {stored} if update else set()
        if report.failed:
            failures = [sentence for each in report.checks for sentence in each.failures]
            paths = [f"path: {path.path} (cut {path.what})" for path in report.paths]
            pytest.fail("\n".join([report.summary, *failures, *paths]), pytrace=False)

    def _path(self, name: str) -> Path:
        return self._config.rootpath / name

    def _seen(self, name: str) -> str:
        """The path as seen from here, which reads better in messages."""
        return os.path.relpath(self._path(name))

    def _ini(self, name: str) -> int:
        text = str(self._config.getini(name))
        if not text.isdigit():
            raise pytest.UsageError(f"{name} is {text!r}: write a whole number")
        return int(text)


class Asking:
    """What the fixture `blast_radius` is: call it for a result, or `check` a scenario against its baseline."""

    def __init__(self, radii: BlastRadii, said: Mapping[str, Any]) -> None:
        self._radii = radii
        self._said = said

    def __call__(self, scenario: str | None = None, **given: Any) -> Radius:
        """The blast radius of `scenario`, a path as seen from the root of the project.

        Takes `policy`, `entry_point`, `trials` and `seed` as `simkit.simulate` does; what is left out the marker says.
        """
        __tracebackhide__ = True
        asked = {key: value for key, value in {**self._said, **given}.items() if key not in ("scenario", "baseline")}
        file = self._file(scenario)
        return _answered(lambda: self._radii.simulate(file, asked))

    def check(self, scenario: str | None = None, *, baseline: str | None = None) -> None:
        """Fails the test if `scenario` breaks what it expects, or grew since `baseline` (or `simkit_baseline`)."""
        __tracebackhide__ = True
        file = self._file(scenario)
        _answered(lambda: self._radii.check(file, baseline or self._said.get("baseline")))

    def _file(self, scenario: str | None) -> str:
        chosen = scenario or self._said.get("scenario")
        if chosen is None:
            raise pytest.UsageError("blast_radius needs a scenario: pass its path, or set it with the marker")
        return str(chosen)


@pytest.fixture
def blast_radius(request: pytest.FixtureRequest) -> Asking:
    """Call it with a scenario: `blast_radius("x.yaml", policy="rbac").chance("customers-leaked") <= 0.05`."""
    config = request.config
    radii = config.stash.setdefault(_RADII, BlastRadii(config))
    said: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers("blast_radius"))):
        said |= ({"scenario": mark.args[0]} if mark.args else {}) | mark.kwargs
    return Asking(radii, said)
