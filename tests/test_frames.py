"""Tables become data frames where the libraries are installed, and say so where they are not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import simkit

TABLE = simkit.Table(("policy", "loss", "tasks", "odd"), [("rbac", 1.5, 3, 1), ("jit", 2, None, "two")])


def test_a_table_becomes_a_pandas_frame() -> None:
    pytest.importorskip("pandas")
    frame = TABLE.to_pandas()
    assert list(frame.columns) == ["policy", "loss", "tasks", "odd"]
    assert frame["loss"].tolist() == [1.5, 2.0]
    assert frame["tasks"].isna().tolist() == [False, True]


def test_a_table_becomes_a_polars_frame() -> None:
    pytest.importorskip("polars")
    frame = TABLE.to_polars()
    assert frame.columns == ["policy", "loss", "tasks", "odd"]
    assert frame["loss"].to_list() == [1.5, 2.0]
    assert frame["tasks"].to_list() == [3, None]
    assert frame["odd"].to_list() == ["1", "two"]


def test_an_empty_table_becomes_an_empty_frame() -> None:
    pytest.importorskip("polars")
    assert simkit.Table(("a", "b")).to_polars().shape == (0, 2)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_missing_library_is_named(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(simkit.InputError, match=f"{library} is not installed"):
        getattr(TABLE, f"to_{library}")()


def test_the_trials_of_a_result_are_a_frame_in_which_its_measures_can_be_found() -> None:
    pytest.importorskip("polars")
    world = simkit.load(Path(__file__).parents[1] / "scenarios" / "starter.yaml")
    result = simkit.simulate(world, "task-scoped", entry_point="leaked-ci-secret", trials=400, seed=2)
    frame = result.trials_table().to_polars()
    assert frame.height == 400
    assert frame["value lost"].mean() == pytest.approx(result.value_lost().estimate)
    assert frame["contained"].count() / 400 == result.contained().estimate
    for goal in world.goals:
        assert frame[f"reached {goal}"].count() / 400 == result.chance(goal).estimate
    pandas = pytest.importorskip("pandas")
    assert isinstance(result.trials_table().to_pandas(), pandas.DataFrame)
