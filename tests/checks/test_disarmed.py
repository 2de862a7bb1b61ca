"""What the check held a scenario to cannot be taken away in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from checks.worlds import DESK, desk

from simkit import loads
from simkit.checks import check, json_schema, junit, sarif
from simkit.checks.disarmed import disarmed
from simkit.checks.json_report import json_report
from simkit.errors import QuestionError

FEW: dict[str, Any] = {"trials": 100}
MORE = (
    DESK
    + """\
response: {miss_rate: 0.2, completeness: 0.5, detection: {leak: {chance: 0.4}}}
observed:
  - {task: reply, calls: [crm.answer]}
  - {task: reply, calls: [crm.answer]}
"""
)
"""The help desk with beliefs about its responders, and two runs that were seen."""


def taken(new: str, old: str = MORE) -> list[str]:
    assert new != old
    return [each.what for each in disarmed(loads(old), loads(new))]


HELD = "expectation books-stay-closed"
PROMISE = "promises less: books-leaked at most"
GOAL = "cases-leaked: {lost: [{resource: cases, impact: confidentiality}]}"
WORTH = "cases: {value: {confidentiality: 10}}"
LOWERED = "resources.cases.value.confidentiality is lowered from 10 to"
AIM = "attacker: {aims_at: [books-leaked]}\n"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  books-stay-closed: {measure: books-leaked, at_most: 5%}\n", "  {}\n", f"{HELD} is gone"),
        ("at_most: 5%", "at_most: 50%", f"{HELD} {PROMISE} 50 %, was books-leaked at most 5 %"),
        ("at_most: 5%", "at_most: 5%, policy: jit", f"{HELD} {PROMISE} 5 % under jit, was books-leaked at most 5 %"),
        ("  leaked-key: {leak: desk-key}\n", "", "entry point leaked-key is gone"),
        ("{leak: desk-key}", "{compromise: robot}", "entry point leaked-key says something else"),
        (f"  {GOAL}\n", "", "goal cases-leaked is gone"),
        (GOAL, GOAL.replace("cases,", "tickets,"), "goal cases-leaked says something else"),
        (WORTH, WORTH.replace("10", "1"), f"{LOWERED} 1"),
        (WORTH, "cases: {}", f"{LOWERED} 0"),
        ("susceptibility: 1.0", "susceptibility: 0.01", "identities.desk.susceptibility is lowered from 100 % to 1 %"),
        ("chance: 0.5", "chance: 0.1", "tools.crm.operations.books.chance is lowered from 50 % to 10 %"),
        ("miss_rate: 0.2", "miss_rate: 0.0", "response.miss_rate is lowered from 20 % to 0 %"),
        ("completeness: 0.5", "completeness: 1.0", "response.completeness is raised from 50 % to 100 %"),
        ("leak: {chance: 0.4}", "leak: {chance: 0.9}", "response.detection.leak is raised from 40 % to 90 %"),
        ("policy: rbac\n", "policy: rbac\nhorizon: 1d\n", "horizon is lowered from 30 d to 1 d"),
        ("{leak: desk-key}", "{leak: desk-key, delay: 3d}", "entry_points.leaked-key.delay is raised from 0 s to 3 d"),
        ("response:", f"{AIM}response:", "the attacker aims at books-leaked, was everything"),
        ("  - {task: reply, calls: [crm.answer]}\n", "", "2 of 2 observed runs are gone"),
    ],
)
def test_whatever_makes_nothing_grow_is_a_finding_of_its_own(old: str, new: str, says: str) -> None:
    text = MORE.replace("observed:\n", "") if "observed" in says else MORE
    assert old in text
    assert taken(text.replace(old, new)) == [says]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at_most: 5%", "at_most: 1%"),
        ("susceptibility: 1.0", "susceptibility: 1.0, note: measured"),
        ("chance: 0.5", "chance: 0.9"),
        ("confidentiality: 10", "confidentiality: 11"),
        ("miss_rate: 0.2", "miss_rate: 0.3"),
        ("chance: 0.5", "chance: 0.5, duration: 1s"),
        ("expect:\n", "expect:\n  more: {measure: value-lost, at_most: 1000}\n"),
        ("books-stay-closed:", "the-ledger-is-closed:"),
        ("policy: rbac\n", "policy: rbac\nhorizon: 60d\n"),
    ],
)
def test_what_holds_it_to_more_is_none(old: str, new: str) -> None:
    assert taken(MORE.replace(old, new)) == []


def test_one_commit_that_disarms_everything_is_red_and_says_each(tmp_path: Path) -> None:
    scenario, baseline = desk(tmp_path), str(tmp_path / "baseline.json")
    check(scenario, baseline=baseline, update=True, **FEW)
    bare = DESK[: DESK.index("expect:")].replace("  poisoned-ticket: {poison: tickets}\n", "")
    desk(tmp_path, bare.replace("susceptibility: 1.0", "susceptibility: 0.01"))
    report = check(scenario, baseline=baseline)
    assert (report.failed, report.growth) == (True, [])
    assert report.disarmed == [
        "expectation books-stay-closed is gone",
        "entry point poisoned-ticket is gone",
        "identities.desk.susceptibility is lowered from 100 % to 1 %",
    ]
    assert report.summary.startswith("FAILED: 1 scenario, nothing grew since ")
    assert report.summary.endswith(", 3 things to hold it to taken away.")
    (check_of,) = report.checks
    assert [check_of.spot(each.sentence)[0] for each in check_of.disarmed] == [31, 27, 5]


def test_an_update_keeps_the_reason_and_the_next_check_is_silent(tmp_path: Path) -> None:
    scenario, baseline = desk(tmp_path), tmp_path / "baseline.json"
    check(scenario, baseline=baseline, update=True, **FEW)
    desk(tmp_path, DESK[: DESK.index("expect:")])
    before = baseline.read_bytes()
    with pytest.raises(QuestionError, match=r"expectation books-stay-closed is gone.*give the reason"):
        check(scenario, baseline=baseline, update=True)
    assert baseline.read_bytes() == before
    check(scenario, baseline=baseline, update=True, reason="the ledger is public now")
    (run,) = json.loads(baseline.read_text("utf-8"))["scenarios"].values()
    assert run["acknowledged"] == {"expectation books-stay-closed is gone": "the ledger is public now"}
    assert not check(scenario, baseline=baseline).failed


def test_a_reason_in_the_baseline_acknowledges_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    scenario, baseline = desk(tmp_path), tmp_path / "baseline.json"
    check(scenario, baseline=baseline, update=True, **FEW)
    stored = json.loads(baseline.read_text("utf-8"))
    (run,) = stored["scenarios"].values()
    run["acknowledged"] = {"entry point poisoned-ticket is gone": "tickets are plain text now"}
    baseline.write_text(json.dumps(stored), "utf-8")
    desk(tmp_path, DESK.replace("  poisoned-ticket: {poison: tickets}\n", ""))
    report = check(scenario, baseline=baseline)
    assert (report.failed, report.disarmed) == (False, [])
    assert "acknowledged: entry point poisoned-ticket is gone (tickets are plain text now)." in report.sentences[-1]
    desk(tmp_path, DESK.replace("  leaked-key: {leak: desk-key}\n", ""))
    assert check(scenario, baseline=baseline).disarmed == ["entry point leaked-key is gone"]


def test_a_scenario_with_nothing_to_hold_it_to_is_unchecked(tmp_path: Path) -> None:
    bare = desk(tmp_path, DESK[: DESK.index("expect:")], "bare.yaml")
    report = check(bare, **FEW)
    assert (report.failed, report.summary) == (False, "unchecked: 1 scenario.")
    assert "UNCHECKED: it expects nothing of itself" in report.sentences[-1]
    both = check([bare, desk(tmp_path)], **FEW)
    assert both.summary == "passed: 2 scenarios, 2 of 2 expectations hold, 1 unchecked."


def test_every_report_names_what_is_taken_away(tmp_path: Path) -> None:
    import jsonschema

    scenario, baseline = desk(tmp_path), str(tmp_path / "baseline.json")
    check(scenario, baseline=baseline, update=True, **FEW)
    desk(tmp_path, DESK.replace("  leaked-key: {leak: desk-key}\n", ""))
    report = check(scenario, baseline=baseline)
    found = json.loads(json_report(report))
    jsonschema.validate(found, json_schema())
    assert found["result"]["files"][0]["disarmed"][0]["what"] == "entry point leaked-key is gone"
    (result,) = json.loads(sarif(report))["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("simkit/disarmed", "error")
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 27
    assert 'type="disarmed"' in junit(report)
