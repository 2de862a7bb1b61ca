"""A measure is a row: one that is added to the table is known everywhere, and nothing else has to be touched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from checks.worlds import DESK, desk, grown
from cli.conftest import Cli
from cli.conftest import cli as cli
from numpy.typing import NDArray

import simkit
from simkit.errors import QuestionError
from simkit.measures import MEAN, MEASURES, Attacked, Measure, Sampler, Unit
from simkit.measures.measured import measured


@dataclass(frozen=True, slots=True)
class CountOf:
    """How many of the facts a sample reached."""

    columns: tuple[int, ...]

    def __call__(self, times: NDArray[np.int64], _: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray((times >= 0).sum(axis=1), dtype=np.float64)


def losses(attacked: Attacked) -> Sampler:
    return CountOf(tuple(attacked.legend.losses))


THINGS = Unit("things", lambda number: f"{number:g} things")
ROW = Measure("things-lost", "things lost", THINGS, MEAN, losses, leads_to=(None,))
GROWN = grown()
"""The desk may read the cases (always) and the books (half the time): 1.5 things are lost on average."""


@pytest.fixture(autouse=True)
def with_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MEASURES, ROW.name, ROW)


def test_it_is_measured_with_its_interval_and_written_in_its_unit() -> None:
    result = simkit.simulate(simkit.loads(GROWN), entry_point="leaked-key", trials=400)
    found = measured(result, "things-lost")
    assert 1.5 in found
    assert found.estimate == 1.0 + result.chance("books-leaked").estimate
    assert str(found).endswith(" things]")
    assert found.main_path() is not None


def test_a_scenario_may_expect_it(tmp_path: Path) -> None:
    text = GROWN + "  few: {measure: things-lost, at_most: 2}\n  none: {measure: things-lost, at_most: 0}\n"
    report = simkit.check(desk(tmp_path, text), trials=100, entry_points="leaked-key")
    assert {v.expectation.name: v.status for v in report.verdicts} == {
        "books-stay-closed": "fail",
        "few": "pass",
        "none": "fail",
    }
    assert "things-lost" in simkit.loads(text).expect["few"].measure


def test_the_command_line_may_fail_on_it(cli: Cli, tmp_path: Path) -> None:
    words = ("run", desk(tmp_path, GROWN), "--trials", "100", "--fail-if")
    failed, passed = cli(*words, "things-lost > 1"), cli(*words, "things-lost > 2")
    assert (failed.exit_code, passed.exit_code) == (1, 0)
    assert "FAILED: things-lost is 1." in failed.stdout


def test_a_baseline_watches_it(tmp_path: Path) -> None:
    file, baseline = desk(tmp_path), str(tmp_path / "baseline.json")
    simkit.check(file, baseline=baseline, update=True, trials=100)
    desk(tmp_path, GROWN)
    grew = {change.measure: change for change in simkit.check(file, baseline=baseline).growth}
    assert grew["things-lost"].before == 1.0
    assert grew["things-lost"].spread.endswith("things]")
    assert "crm.books" in grew["things-lost"].because


def test_narrowing_makes_it_smaller() -> None:
    scenario = simkit.loads(GROWN)
    ranked = simkit.recommend(scenario, entry_points="leaked-key", measure="things-lost", trials=100, budget=1)
    best = ranked.ranked[0]
    assert ranked.question.measure == "things lost"
    assert best.helps
    assert best.before.mean.estimate - best.less.estimate == pytest.approx(best.after.mean.estimate)
    assert "things" in best.before.gain(best.less)
    assert best.before.worst_value == 1.0, "without a worst case of its own: something can be lost"


def test_an_ablation_attributes_it() -> None:
    scenario = simkit.loads(GROWN)
    found = simkit.ablate(scenario, "leaked-key", "rbac", "zero-standing", trials=50, measure="things-lost")
    assert found.measure == "things lost"
    assert sum(effect.exact for effect in found.effects) == found.exact_whole
    assert 1.0 < found.whole.estimate < 2.0
    assert "things" in found.summary
    assert all("things" in repr(curve) for curve in found.curves)


def test_a_sweep_adds_it_up_exactly_in_any_blocks() -> None:
    scenario = simkit.loads(GROWN)
    cell = ("help-desk", "rbac", "leaked-key")
    found = [
        simkit.sweep(scenario, "rbac", "leaked-key", trials=400, block=block, measures="things-lost")[cell]
        for block in (400, 64)
    ]
    result = simkit.simulate(scenario, "rbac", entry_point="leaked-key", trials=400)
    assert found[0].measured("things-lost") == found[1].measured("things-lost")
    assert found[0].measured("things-lost").estimate == measured(result, "things-lost").estimate
    assert type(found[0]).from_dict(found[0].to_dict()) == found[0]
    with pytest.raises(QuestionError, match="did not add up 'things-loss': did you mean things-lost"):
        found[0].measured("things-loss")


def test_what_is_no_measure_to_make_smaller_is_refused() -> None:
    scenario = simkit.loads(DESK)
    for name in ("worst-case", "value-lost-p95", "contained"):
        with pytest.raises(
            QuestionError, match=f"{name} cannot be made smaller sample by sample: ask for value-lost, "
        ):
            simkit.ablate(scenario, to_policy="jit", measure=name, trials=4)
