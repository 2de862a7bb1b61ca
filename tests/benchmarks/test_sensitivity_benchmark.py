"""What an answer over draws costs, in the price of one comparison of the same policies."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.racing import Race, Row, seconds

import simkit
from simkit.decisions import drawn_losses
from simkit.decisions.drawn_values import drawn_values
from simkit.scenario.numbers_at import not_known

PLACE = 10
STARTER = Path(__file__).parents[2] / "scenarios" / "starter.yaml"
SEVEN = ("static-secrets", "rbac", "rbac-context", "jit", "agents-only", "task-scoped", "zero-standing")
WORST, BEST = "poisoned-ticket", "leaked-ci-secret"
COMPARISONS = 7
"""So many comparisons before the work, and after it: what takes long is not the fastest moment of a busy machine."""


def taken(work: Callable[[], object]) -> float:
    """Processor seconds of `work`: the machine may be busy."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def in_comparisons(entry: str, work: Callable[[], object]) -> tuple[float, float]:
    """Processor seconds of `work`, and of one comparison of 1,000 trials, the median of those before and after."""
    starter = simkit.load(STARTER)

    def compare() -> float:
        return taken(lambda: simkit.compare(starter, SEVEN, entry_point=entry, trials=1000))

    compare()
    before = [compare() for _ in range(COMPARISONS)]
    took = taken(work)
    return took, statistics.median(before + [compare() for _ in range(COMPARISONS)])


def skip_unless(full: bool, race: Race) -> None:
    race.benchmark.pedantic(lambda: None, rounds=1)
    if not full:
        pytest.skip("asks for --benchmark-enable: it takes minutes")


@pytest.mark.slow
@pytest.mark.parametrize(("draws", "goal", "most"), [(128, None, 32), (1024, 70, 140)])
def test_draws_in_comparisons(draws: int, goal: int | None, most: int, race: Race, full: bool) -> None:
    """The goal is 70 comparisons for 1,024 draws of seven policies through one entry point."""
    skip_unless(full, race)
    starter = simkit.load(STARTER)
    simkit.sensitivity(starter, SEVEN[:2], entry_point=WORST, draws=64)
    took, base = in_comparisons(WORST, lambda: simkit.sensitivity(starter, SEVEN, entry_point=WORST, draws=draws))
    name = f"sensitivity, {draws:,} draws x {len(SEVEN)} policies, starter"
    ratio = took / base
    asked = (f"<= {goal}x", ratio <= goal) if goal else ()
    race.note(Row(PLACE, name, seconds(took), "compare", seconds(base), ratio, *asked))
    assert ratio < most


@pytest.mark.slow
@pytest.mark.parametrize(("entry", "goal"), [(WORST, 4), (BEST, 10)])
def test_a_thousand_trials_in_every_draw(
    entry: str, goal: int, race: Race, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The goal: four times as soon as so many comparisons through the worst entry point, ten times through the best."""
    skip_unless(full, race)
    monkeypatch.setattr(drawn_losses, "STAGES", (1000,))
    starter, draws = simkit.load(STARTER), 64
    inputs = not_known(starter)
    policies = [starter.grant_policy(name) for name in SEVEN]
    question = drawn_losses.Inquiry.of(starter, policies, (entry,), inputs)
    given = drawn_values(inputs, draws, 0)
    took, base = in_comparisons(
        entry, lambda: drawn_losses.replayed(question, given, draws, lambda found: found.trials < 0)
    )
    ratio = draws * base / took
    name = f"{draws} draws of 1,000 trials, {entry}"
    race.note(Row(PLACE, name, seconds(took), f"{draws} comparisons", seconds(draws * base), ratio,
                  f">= {goal}x", ratio >= goal))  # fmt: skip
    assert ratio > 2, f"twice as soon at least; the goal is {goal}"


@pytest.mark.slow
def test_pricing_again_in_comparisons(race: Race, full: bool) -> None:
    """The goal is one comparison: no replay depends on a price."""
    skip_unless(full, race)
    starter = simkit.load(STARTER)
    found = simkit.sensitivity(starter, SEVEN, entry_point=WORST, draws=1024)
    given = {name: column.copy() for name, column in found.values.items()}

    def price() -> None:
        weights, control = found.accounts.weights(given, 1024), found.accounts.control(given, 1024)
        _ = found.raw.weighed(weights) + control

    took, base = in_comparisons(WORST, price)
    ratio = took / base
    name = "to price 1,024 draws again, starter"
    race.note(Row(PLACE, name, seconds(took), "compare", seconds(base), ratio, "<= 1x", ratio <= 1))
    assert ratio < 1
