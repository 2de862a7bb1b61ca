"""A checkpoint keeps what was finished, and is never taken for another's or for sound when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit.errors import InputError
from simkit.execution.checkpoint import PLAN, SUFFIX, Checkpoint

RUN = {"seed": 1, "cells": [["digest", "rbac", "leaked"]]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Checkpoint.opened(tmp_path / "run", RUN)
    made.keep("first-0-64", {"trials": 64, "total": [1, 3]})
    return tmp_path / "run"


def test_what_was_kept_is_there_after_opening_again(folder: Path) -> None:
    again = Checkpoint.opened(folder, RUN)
    assert "first-0-64" in again
    assert "first-64-64" not in again
    assert again.load("first-0-64") == {"trials": 64, "total": [1, 3]}


def test_half_written_files_of_a_killed_run_do_not_count(folder: Path) -> None:
    (folder / ".first-64-64.block.0123.tmp").write_bytes(b"half")
    assert "first-64-64" not in Checkpoint.opened(folder, RUN)


def test_a_run_that_died_before_its_plan_was_written_begins_anew(tmp_path: Path) -> None:
    (tmp_path / ".plan.json.0123.tmp").write_bytes(b"half")
    assert "first-0-64" not in Checkpoint.opened(tmp_path, RUN)


def test_the_checkpoint_of_another_run_is_refused_in_one_sentence(folder: Path) -> None:
    with pytest.raises(InputError, match="belongs to another run, with other seed: name another folder") as caught:
        Checkpoint.opened(folder, {**RUN, "seed": 2})
    assert "\n" not in str(caught.value)


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"")
    with pytest.raises(InputError, match="holds other files: name a new or empty folder"):
        Checkpoint.opened(tmp_path, RUN)


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be used"):
        Checkpoint.opened(tmp_path / "file", RUN)


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "no seal"])
def test_a_damaged_block_is_refused_and_says_which_file_to_remove(folder: Path, damage: str) -> None:
    file = folder / ("first-0-64" + SUFFIX)
    whole = file.read_bytes()
    flipped = whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:]
    file.write_bytes({"flipped": flipped, "cut": whole[:-5], "empty": b"", "no seal": b"\xff\n{}"}[damage])
    with pytest.raises(InputError, match=r"first-0-64\.block' is damaged: remove it, and its block is done again"):
        Checkpoint.opened(folder, RUN).load("first-0-64")


def test_a_damaged_plan_is_refused(folder: Path) -> None:
    (folder / PLAN).write_bytes(b"{}")
    with pytest.raises(InputError, match="is damaged: remove the folder, and begin again"):
        Checkpoint.opened(folder, RUN)
