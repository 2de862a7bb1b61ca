"""What an answer over draws costs, in the price of one comparison of the same policies."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import simkit
from simkit.decisions import drawn_losses
from simkit.scenario.numbers_at import not_known
from simkit.unknowns.lattice import points

STARTER = Path(__file__).parents[2] / "scenarios" / "starter.yaml"
SEVEN = ("static-secrets", "rbac", "rbac-context", "jit", "agents-only", "task-scoped", "zero-standing")
WORST, BEST = "poisoned-ticket", "leaked-ci-secret"


def seconds(work: Any) -> float:
    """Processor seconds of `work`: the machine may be busy."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def one_comparison(entry: str) -> float:
    starter = simkit.load(STARTER)
    simkit.compare(starter, SEVEN, entry_point=entry, trials=1000)
    return min(seconds(lambda: simkit.compare(starter, SEVEN, entry_point=entry, trials=1000)) for _ in range(5))


@pytest.mark.slow
@pytest.mark.parametrize("draws", [128, 1024])
def test_draws_in_comparisons(draws: int, benchmark: Any, full: bool) -> None:
    """The goal is 70 comparisons for 1,024 draws of seven policies through one entry point."""
    benchmark.pedantic(lambda: None, rounds=1)
    if not full:
        pytest.skip("asks for --benchmark-enable: it takes minutes")
    starter = simkit.load(STARTER)
    base = one_comparison(WORST)
    took = seconds(lambda: simkit.sensitivity(starter, SEVEN, entry_point=WORST, draws=draws))
    print(f"\n{draws:,} draws x {len(SEVEN)} policies: {took:.1f} s, {took / base:.0f} comparisons of {base:.3f} s")
    assert took / base < draws / 4, "a draw of seven policies costs less than a quarter of a comparison of them"


@pytest.mark.slow
@pytest.mark.parametrize(("entry", "goal"), [(WORST, 4), (BEST, 10)])
def test_a_thousand_trials_in_every_draw(
    entry: str, goal: int, benchmark: Any, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The goal: four times as soon as so many comparisons through the worst entry point, ten times through the best."""
    benchmark.pedantic(lambda: None, rounds=1)
    if not full:
        pytest.skip("asks for --benchmark-enable: it takes minutes")
    monkeypatch.setattr(drawn_losses, "STAGES", (1000,))
    starter, draws = simkit.load(STARTER), 64
    base = one_comparison(entry)
    inputs = not_known(starter)
    policies = [starter.grant_policy(name) for name in SEVEN]
    question = drawn_losses.Inquiry.of(starter, policies, (entry,), inputs)
    places = points(draws, len(inputs), 0)
    given = {each.name: each.range.at(places[:, number]) for number, each in enumerate(inputs)}
    took = seconds(lambda: drawn_losses.replayed(question, given, draws, lambda found: found.trials < 0))
    ratio = draws * base / took
    print(f"\n{entry}: {draws} draws of 1,000 trials in {took:.1f} s, {ratio:.1f} times as soon as comparisons")
    assert ratio > 2, f"twice as soon at least; the goal is {goal}"


@pytest.mark.slow
def test_pricing_again_in_comparisons(benchmark: Any, full: bool) -> None:
    """The goal is one comparison: no replay depends on a price."""
    benchmark.pedantic(lambda: None, rounds=1)
    if not full:
        pytest.skip("asks for --benchmark-enable: it takes minutes")
    starter = simkit.load(STARTER)
    base = one_comparison(WORST)
    found = simkit.sensitivity(starter, SEVEN, entry_point=WORST, draws=1024)
    given = {name: column.copy() for name, column in found.values.items()}

    def price() -> None:
        weights, control = found.accounts.weights(given, 1024), found.accounts.control(given, 1024)
        _ = (weights.T[:, :, None] * found.raw.mean).sum(axis=0) + control

    took = seconds(price)
    print(f"\npricing 1,024 draws again: {took:.4f} s, {took / base:.3f} comparisons")
    assert took < base
