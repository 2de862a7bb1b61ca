"""The record says which logging went silent, when, and what nobody saw after that."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit.record import Record, explain
from simkit.scenario import load
from simkit.simulation import replay

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture(scope="module")
def record() -> Record:
    return replay(load(CASES / "silence-trail-stopped.yaml"), entry_point="admin-leaked", trial=0)


def test_a_line_says_when_whose_logging_went_silent_and_what_it_hides(record: Record) -> None:
    told = [(line["time"], line["message"]) for line in record.lines if line["unmapped"].get("silenced")]
    assert told == [
        (1000, "nothing of admin is logged any more: read, redeem, silence"),
        (1000, "nothing of clerk is logged any more: read, redeem"),
    ]


def test_what_is_done_after_that_is_unseen_and_what_went_before_is_not(record: Record) -> None:
    unseen = [line["message"] for line in record.lines if line["unmapped"].get("unseen")]
    assert unseen == ["trail.stop clerk", "s3.list index", "s3.copy archive"]
    done = explain(record, 7_200_000, "admin").activities
    assert [each.what for each in done] == [
        "use admin-key as admin",
        "trail.stop admin",
        "trail.stop clerk (unseen)",
        "s3.list index (unseen)",
        "s3.copy archive (unseen)",
    ]


def test_a_record_in_which_nothing_goes_silent_says_nothing_of_it() -> None:
    quiet = replay(load(CASES / "silence-trail-stopped.yaml"), entry_point="clerk-leaked", trial=0)
    assert not [line for line in quiet.lines if line["unmapped"].keys() & {"unseen", "silenced"}]
