"""Each line has what its class of OCSF 1.8.0 requires, and numbers that belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit.record import Record
from simkit.record.ocsf import CLASSES, Line, iso_duration
from simkit.scenario import load
from simkit.scenario.units import duration
from simkit.simulation import replay

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = ("starter", "incidents/salesloft-drift", "incidents/tanstack", "incidents/github-mcp", "agentdojo/workspace")
EVERYWHERE = {
    "activity_id",
    "category_uid",
    "class_uid",
    "metadata",
    "severity_id",
    "time",
    "type_uid",
}
"""The attributes that the schema's base event requires."""
REQUIRED = {
    0: set(),
    2004: {"finding_info"},
    3001: {"user"},
    3002: {"user"},
    3003: {"user"},
    3004: {"entity"},
    6003: {"actor", "api", "src_endpoint"},
    7001: {"command_uid"},
}
"""What each class requires besides."""
AT_LEAST_ONE = {3002: {"service", "dst_endpoint"}, 3003: {"privileges", "group"}}
NAMES = {
    0: ("Base Event", "Uncategorized"),
    2004: ("Detection Finding", "Findings"),
    3001: ("Account Change", "Identity & Access Management"),
    3002: ("Authentication", "Identity & Access Management"),
    3003: ("Authorize Session", "Identity & Access Management"),
    3004: ("Entity Management", "Identity & Access Management"),
    6003: ("API Activity", "Application Activity"),
    7001: ("Remediation Activity", "Remediation"),
}


@pytest.fixture(scope="module")
def records() -> list[Record]:
    found = []
    for name in FILES:
        scenario = load(SCENARIOS / f"{name}.yaml")
        for entry in scenario.entry_points:
            for policy in ("rbac", "zero-standing"):
                found += [replay(scenario, policy, entry_point=entry, trial=n, start="2026-01-31") for n in (0, 5)]
    return found


@pytest.fixture(scope="module")
def lines(records: list[Record]) -> list[Line]:
    return [line for record in records for line in record.lines]


def test_every_class_is_met(lines: list[Line]) -> None:
    assert {line["class_uid"] for line in lines} == set(CLASSES) == set(NAMES)


def test_lines_have_what_their_class_requires(lines: list[Line]) -> None:
    for line in lines:
        assert EVERYWHERE | REQUIRED[line["class_uid"]] <= line.keys()
        either = AT_LEAST_ONE.get(line["class_uid"])
        assert either is None or either & line.keys()
        assert line["metadata"].keys() >= {"version", "product"}
        assert line["metadata"]["version"] == "1.8.0"


def test_numbers_and_names_belong_together(lines: list[Line]) -> None:
    for line in lines:
        assert line["type_uid"] == line["class_uid"] * 100 + line["activity_id"]
        assert line["category_uid"] == line["class_uid"] // 1000
        assert (line["class_name"], line["category_name"]) == NAMES[line["class_uid"]]
        assert line["activity_name"] == CLASSES[line["class_uid"]].activities[line["activity_id"]]


def test_what_was_executed_succeeded_and_what_was_only_attempted_did_not(lines: list[Line]) -> None:
    done = [line for line in lines if line["unmapped"].get("outcome")]
    assert {line["unmapped"]["outcome"] for line in done} >= {"executed", "denied"}
    for line in done:
        assert (line["status_id"] == 1) == (line["unmapped"]["outcome"] == "executed")
        assert line["status_detail"]
        assert line["unmapped"]["outcome"] == "executed" or not line["unmapped"]["facts"]


def test_every_call_says_who_decided_what_under_which_entitlement(lines: list[Line]) -> None:
    calls = [line for line in lines if line["class_uid"] == 6003]
    for line in calls:
        (authorization,) = line["actor"]["authorizations"]
        assert authorization["decision"] in ("allowed", "denied")
        assert authorization["policy"]["name"]
    assert any(line["actor"]["authorizations"][0]["policy"].get("uid") for line in calls)


def test_every_response_says_what_it_was_aimed_at_and_what_goes_on(lines: list[Line]) -> None:
    responses = [line for line in lines if line["unmapped"].get("rule") == "response"]
    assert {line["class_uid"] for line in responses} == {3001, 7001}
    for line in responses:
        alive = line["unmapped"]["survived"]
        assert line["status_id"] == 1 or (line["class_uid"], line["status_id"]) == (7001, 3)
        assert all(told["until"] is None or told["until"] > 0 for told in alive)
        assert all(f"{told['fact'][0]}({told['fact'][1]}" in line["status_detail"] for told in alive)


def test_times_count_from_the_declared_start(records: list[Record]) -> None:
    for record in records:
        assert record.header.epoch == 1769817600000
        for line in record.lines:
            assert line["time"] - record.header.epoch == round(duration(line["unmapped"]["at"]) * 1000)


@pytest.mark.parametrize("milliseconds", [0, 1, 999, 1000, 59_999, 60_000, 3_600_000, 86_400_000, 1_234_567_890])
def test_an_iso_duration_reads_back(milliseconds: int) -> None:
    assert round(duration(iso_duration(milliseconds)) * 1000) == milliseconds
