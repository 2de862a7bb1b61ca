"""What an attack that is named does not show: the surface beside it, and how soon it gets there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from checks.worlds import DESK, desk

from simkit.checks import CheckReport, check, comment, json_report, json_schema, junit, sarif

FEW: dict[str, Any] = {"trials": 200}
PUBLIC, ANSWER = "  tickets: {exposure: public}\n", "      - {operation: crm.answer}\n"
ROBOT = DESK.replace(PUBLIC, PUBLIC + "  vault: {value: {confidentiality: 50}}\n").replace(
    "      answer:", "      open: {effect: read, targets: [vault]}\n      answer:"
)
"""The help desk with a vault that nobody may open. No entry point begins at the robot, who may read the ledger."""
MAY = "entitlements: [{operation: crm.books}]"
WIDER = "entitlements: [{operation: crm.books}, {operation: crm.open}]"
LATE = DESK.replace("leaked-key: {leak: desk-key}", "leaked-key: {leak: desk-key, delay: 3d}")


def changed(folder: Path, old: str, new: str) -> CheckReport:
    assert old != new
    scenario, baseline = desk(folder, old), str(folder / "baseline.json")
    check(scenario, baseline=baseline, update=True, **FEW)
    return check(desk(folder, new), baseline=baseline)


def test_who_is_behind_no_entry_point_may_not_gain_in_silence(tmp_path: Path) -> None:
    report = changed(tmp_path, ROBOT, ROBOT.replace(MAY, WIDER))
    assert (report.failed, report.growth) == (True, [])
    ((found,),) = (each.exposed for each in report.checks)
    assert (found.things, found.losses, found.goals) == ((("identity", "robot"),), ("vault:confidentiality",), ())
    assert (found.before, found.after) == (30.0, 80.0)
    assert found.sentence == (
        "EXPOSED: losing identity robot reaches more under rbac (worst case 30 -> 80; newly in reach: "
        "vault:confidentiality), because of entitlement crm.open of identity robot added."
    )
    line = ROBOT.replace(MAY, WIDER).splitlines()[6]
    assert report.checks[0].spot(found.sentence)[:2] == (7, line.index("{operation: crm.open") + 1)


def test_every_report_shows_what_is_wider(tmp_path: Path) -> None:
    report = changed(tmp_path, ROBOT, ROBOT.replace(MAY, WIDER))
    found = json.loads(json_report(report))
    jsonschema.validate(found, json_schema())
    assert found["result"]["files"][0]["exposed"][0]["things"] == [{"kind": "identity", "name": "robot"}]
    (result,) = json.loads(sarif(report))["runs"][0]["results"]
    assert result["ruleId"] == "simkit/exposed"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 7
    assert [each.get("type") for each in Xml.fromstring(junit(report)).iter("failure")] == ["exposed"]
    assert "EXPOSED: losing identity robot" in comment(report)


def test_what_a_growth_tells_is_not_told_again(tmp_path: Path) -> None:
    report = changed(tmp_path, ROBOT, ROBOT.replace(ANSWER, ANSWER + "      - {operation: crm.open}\n"))
    assert report.growth
    assert report.checks[0].exposed == ()
    worst = next(c for c in report.growth if (c.measure, c.entry_point) == ("worst-case", "leaked-key"))
    assert worst.newly == ("vault:confidentiality",)
    assert "through leaked-key, newly lost: vault:confidentiality, because of" in worst.sentence


def test_a_narrower_surface_is_silent(tmp_path: Path) -> None:
    report = changed(tmp_path, ROBOT.replace(MAY, WIDER), ROBOT)
    assert (report.failed, report.checks[0].exposed) == (False, ())


def test_a_saturated_attack_that_comes_sooner_has_grown(tmp_path: Path) -> None:
    """All is lost in every sample before and after: only the time tells."""
    report = changed(tmp_path, LATE, LATE.replace("delay: 3d", "delay: 1m"))
    found = {change.measure: change for change in report.growth}
    assert set(found) == {"time-to-loss", "time-to:cases-leaked"}
    first = found["time-to-loss"]
    assert (first.before, first.after) == (3 * 86400 + 1, 61.0)
    assert first.sentence.startswith("FELL: time-to-loss 3 d -> ")
    assert "delay of entry point leaked-key changed" in first.because


def test_a_saturated_attack_that_is_said_to_come_later_is_a_belief(tmp_path: Path) -> None:
    report = changed(tmp_path, LATE, LATE.replace("delay: 3d", "delay: 6d"))
    assert report.disarmed == ["entry_points.leaked-key.delay is raised from 3 d to 6 d"]
    assert {change.head for change in report.checks[0].changes} == {"rose"}


@pytest.mark.parametrize(("bound", "status"), [("1h", "pass"), ("3d", "pass"), ("4d", "fail")])
def test_a_scenario_may_expect_a_time(tmp_path: Path, bound: str, status: str) -> None:
    text = LATE + f"  not-at-once: {{measure: 'time-to:cases-leaked', at_least: {bound}, entry_point: leaked-key}}\n"
    report = check(desk(tmp_path, text), entry_points="leaked-key", **FEW)
    assert {v.expectation.name: v.status for v in report.verdicts}["not-at-once"] == status
