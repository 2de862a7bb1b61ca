"""What an answer over draws costs, in the price of one comparison of the same policies.

The comparison is ours, or, where `--beside FOLDER` names a checkout of one, that of an older build of the starter as it
was then.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from benchmarks import one_comparison
from benchmarks.older_build import older_build
from benchmarks.one_comparison import SEVEN
from benchmarks.racing import Race, Row, seconds

import simkit
from simkit.decisions import drawn_losses
from simkit.decisions.drawn_values import drawn_values
from simkit.scenario.numbers_at import not_known

PLACE = 10
STARTER = Path(__file__).parents[2] / "scenarios" / "starter.yaml"
WORST, BEST = "poisoned-ticket", "leaked-ci-secret"
COMPARISONS = 7
"""So many comparisons before the work, and after it: what takes long is not the fastest moment of a busy machine."""


def taken(work: Callable[[], object]) -> float:
    """Processor seconds of `work`: the machine may be busy."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Comparisons of 1,000 trials, by this build or by the one in `older`, which runs in a process of its own."""

    older: Path | None
    folder: Path

    @property
    def name(self) -> str:
        return "compare" if self.older is None else "compare of the older build"

    def beside(self, entry: str, work: Callable[[], object]) -> tuple[float, float]:
        """Processor seconds of `work`, and of one comparison, the median of those before and after it."""
        before, took = self._times(entry), taken(work)
        return took, statistics.median(before + self._times(entry))

    def _times(self, entry: str) -> list[float]:
        if self.older is None:
            return one_comparison.times(STARTER, entry, COMPARISONS)
        starter = self.older / "scenarios" / "starter.yaml"
        asked = [sys.executable, one_comparison.__file__, str(starter), entry, str(COMPARISONS)]
        env = older_build(self.older, self.folder)
        done = subprocess.run(asked, env=env, capture_output=True, text=True, check=True)
        return [float(each) for each in done.stdout.split()]


@pytest.fixture
def comparisons(request: Any, tmp_path: Path) -> Comparisons:
    return Comparisons(request.config.getoption("beside", None), tmp_path)


def skip_unless(full: bool, race: Race) -> None:
    race.benchmark.pedantic(lambda: None, rounds=1)
    if not full:
        pytest.skip("asks for --benchmark-enable: it takes minutes")


@pytest.mark.slow
@pytest.mark.parametrize(("draws", "goal", "most"), [(128, None, 32), (1024, 70, 140)])
def test_draws_in_comparisons(
    draws: int, goal: int | None, most: int, race: Race, full: bool, comparisons: Comparisons
) -> None:
    """The goal is 70 comparisons for 1,024 draws of seven policies through one entry point."""
    skip_unless(full, race)
    starter = simkit.load(STARTER)
    simkit.sensitivity(starter, SEVEN[:2], entry_point=WORST, draws=64)
    took, base = comparisons.beside(WORST, lambda: simkit.sensitivity(starter, SEVEN, entry_point=WORST, draws=draws))
    name = f"sensitivity, {draws:,} draws x {len(SEVEN)} policies, starter"
    ratio = took / base
    asked = (f"<= {goal}x", ratio <= goal) if goal else ()
    race.note(Row(PLACE, name, seconds(took), comparisons.name, seconds(base), ratio, *asked))
    assert ratio < most


@pytest.mark.slow
@pytest.mark.parametrize(("entry", "goal"), [(WORST, 4), (BEST, 10)])
def test_a_thousand_trials_in_every_draw(
    entry: str, goal: int, race: Race, full: bool, monkeypatch: pytest.MonkeyPatch, comparisons: Comparisons
) -> None:
    """The goal: four times as soon as so many comparisons through the worst entry point, ten times through the best."""
    skip_unless(full, race)
    monkeypatch.setattr(drawn_losses, "STAGES", (1000,))
    starter, draws = simkit.load(STARTER), 64
    inputs = not_known(starter)
    policies = [starter.grant_policy(name) for name in SEVEN]
    question = drawn_losses.Inquiry.of(starter, policies, (entry,), inputs)

    def replay_in(draws: int) -> None:
        drawn_losses.replayed(question, drawn_values(inputs, draws, 0), draws, lambda found: found.trials < 0)

    replay_in(2)  # kernels are loaded, which a comparison of an older build does in a process of its own
    took, base = comparisons.beside(entry, lambda: replay_in(draws))
    ratio = draws * base / took
    name = f"{draws} draws of 1,000 trials, {entry}"
    race.note(Row(PLACE, name, seconds(took), f"{draws} times {comparisons.name}", seconds(draws * base), ratio,
                  f">= {goal}x", ratio >= goal))  # fmt: skip
    assert ratio > 2, f"twice as soon at least; the goal is {goal}"


@pytest.mark.slow
def test_pricing_again_in_comparisons(race: Race, full: bool, comparisons: Comparisons) -> None:
    """The goal is one comparison: no replay depends on a price."""
    skip_unless(full, race)
    starter = simkit.load(STARTER)
    found = simkit.sensitivity(starter, SEVEN, entry_point=WORST, draws=1024)
    given = {name: column.copy() for name, column in found.values.items()}

    def price() -> None:
        weights, control = found.accounts.weights(given, 1024), found.accounts.control(given, 1024)
        _ = found.raw.weighed(weights) + control

    took, base = comparisons.beside(WORST, price)
    ratio = took / base
    name = "to price 1,024 draws again, starter"
    race.note(Row(PLACE, name, seconds(took), comparisons.name, seconds(base), ratio, "<= 1x", ratio <= 1))
    assert ratio < 1
