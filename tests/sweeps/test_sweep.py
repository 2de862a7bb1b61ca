"""A sweep has a cell for each scenario, policy and entry point, wherever it runs and however often it is stopped."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import killed_sweep
import pytest
from killed_sweep import command, kill_in_the_middle

from simkit.errors import InputError, PolicyError, QuestionError
from simkit.estate import generate
from simkit.policies import policy
from simkit.simulation import simulate
from simkit.sweeps import SweepResult, sweep

FIRST, SECOND = generate(300, 1), generate(400, 2)
POLICIES = ["rbac", "jit"]
SIZE = {"trials": 200, "seed": 4, "block": 64}


def swept(**how: object) -> SweepResult:
    return sweep([FIRST, SECOND], POLICIES, **{**SIZE, **how})  # type: ignore[arg-type]


ONE_THREAD = swept(threads=1)


def test_each_cell_has_what_simulate_finds() -> None:
    assert len(ONE_THREAD.tallies) == 8
    for cell, tally in ONE_THREAD.tallies.items():
        scenario = FIRST if cell.scenario == FIRST.name else SECOND
        result = simulate(scenario, cell.policy, entry_point=cell.entry_point, trials=200, seed=4)
        assert tally.trials == 200
        assert tally.mean().estimate == pytest.approx(result.value_lost().estimate, rel=1e-12, abs=1e-12)
        assert ONE_THREAD.provenances[cell] == result.provenance


def test_one_policy_or_entry_point_is_named_without_a_list_and_never_read_letter_by_letter() -> None:
    entry = next(iter(FIRST.entry_points))
    found = sweep(FIRST, "rbac", entry, **SIZE)  # type: ignore[arg-type]
    assert list(found.tallies) == [(cell := next(iter(ONE_THREAD.tallies)))]
    assert found[cell].mean() == ONE_THREAD[cell].mean()
    assert sweep(FIRST, policy("rbac"), entry, **SIZE).digest == found.digest  # type: ignore[arg-type]


def test_the_digest_is_that_of_one_thread() -> None:
    assert swept(threads=2).digest == swept(threads=8).digest == ONE_THREAD.digest
    assert swept(threads=1, block=200).digest == ONE_THREAD.digest
    assert swept(threads=1, seed=5).digest != ONE_THREAD.digest


def test_processes_give_the_digest_of_one_thread() -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert swept(executor=pool).digest == ONE_THREAD.digest


def test_a_finished_sweep_is_read_back_and_more_trials_extend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert swept(checkpoint=tmp_path).digest == ONE_THREAD.digest
    done: list[int] = []
    real = sys.modules["simkit.sweeps.schedule"].tallied
    monkeypatch.setattr("simkit.sweeps.schedule.tallied", lambda task, block: done.append(1) or real(task, block))
    assert swept(checkpoint=tmp_path).digest == ONE_THREAD.digest
    assert done == []
    longer = swept(checkpoint=tmp_path, trials=256)
    assert len(done) == 8  # the last, partial block of each cell is done again, whole
    assert longer.digest == swept(trials=256).digest


def test_the_checkpoint_of_another_sweep_or_policy_is_refused(tmp_path: Path) -> None:
    swept(checkpoint=tmp_path)
    with pytest.raises(InputError, match="belongs to another run, with other seed"):
        swept(checkpoint=tmp_path, seed=9)
    with pytest.raises(InputError, match="belongs to another run, with other cells"):
        sweep([FIRST, SECOND], ["rbac", policy("jit").turned(ttl=60.0)], checkpoint=tmp_path, **SIZE)  # type: ignore[arg-type]


def test_a_damaged_block_is_refused(tmp_path: Path) -> None:
    swept(checkpoint=tmp_path)
    file = sorted(tmp_path.glob("*.block"))[0]
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(InputError, match=r"\.block' is damaged"):
        swept(checkpoint=tmp_path)


def test_a_sweep_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    kept = kill_in_the_middle(tmp_path / "kept")
    resumed = subprocess.run(command(tmp_path / "kept"), capture_output=True, text=True, check=True).stdout
    assert {file: file.stat().st_mtime_ns for file in kept} == kept
    assert resumed == killed_sweep.swept().digest


def test_the_result_says_what_it_is_and_can_be_asked() -> None:
    assert repr(ONE_THREAD) == "SweepResult(8 cells, 1,600 trials in all)"
    assert ONE_THREAD[FIRST.name, "rbac", "leaked-token"].trials == 200
    assert len(ONE_THREAD.table().rows) == 8
    assert "8 cells" in ONE_THREAD.summary
    assert json.dumps(ONE_THREAD.to_dict())
    with pytest.raises(QuestionError, match="is not in this sweep"):
        ONE_THREAD["nowhere", "rbac", "leaked-token"]


@pytest.mark.parametrize(
    ("arguments", "how", "says"),
    [
        (([],), {}, "no scenario is given"),
        (([FIRST, FIRST],), {}, "two scenarios are called"),
        ((FIRST, ["rbac", "rbac"]), {}, "stands twice in this sweep"),
        ((FIRST, None, ["leaked"]), {}, "no entry point is called 'leaked'"),
        ((FIRST,), {"trials": 0}, "trials 0"),
        ((FIRST,), {"block": 6}, "block 6 is not a multiple of 4"),
        ((FIRST,), {"seed": -1}, "seed -1"),
    ],
)
def test_bad_questions_are_refused(arguments: tuple, how: dict, says: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(QuestionError, match=says):
        sweep(*arguments, **how)


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(PolicyError):
        sweep(FIRST, ["rback"])
