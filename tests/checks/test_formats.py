"""What a check writes holds to the schemas that its readers have."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
import xmlschema
from checks.worlds import DESK, LINE, desk, grown

from simkit.checks import CheckReport, check, comment, json_report, json_schema, junit, sarif
from simkit.checks.sarif import _rule
from simkit.standards import LISTS, RELEVANT

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
SARIF = jsonschema.Draft202012Validator(
    json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8")),
    format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
)
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
OURS = jsonschema.Draft202012Validator(json_schema())
HOSTILE = "ledger <script>alert(1)</script> | ](b) {0} \u202e @all"
FEW: dict[str, Any] = {"trials": 100}


def report(folder: Path, text: str, base: str = DESK) -> CheckReport:
    scenario, baseline = desk(folder, base), str(folder / "b.json")
    check([scenario], baseline=baseline, update=True, **FEW)
    desk(folder, text)
    return check([scenario], baseline=baseline)


def hostile(text: str) -> str:
    return text.replace("ledger", json.dumps(HOSTILE)).replace("books-leaked", json.dumps("books{0}]("))


UNSURE = DESK.replace("books-leaked, at_most: 5%", "contained, at_least: 1%").replace(
    "goals:", "response: {detection: {any: {chance: 0.01, delay: 1s}}}\ngoals:"
)
CASES = {
    "nothing to say": (DESK, DESK),
    "growth": (grown(), DESK),
    "hostile names": (hostile(grown()), hostile(DESK)),
    "a shrink": (DESK, grown()),
    "no path": (DESK.replace("books-leaked, at_most: 5%", "contained, at_least: 90%"), DESK),
    "too few trials": (UNSURE, DESK),
}


@pytest.fixture(params=CASES, scope="module")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CheckReport:
    return report(tmp_path_factory.mktemp("made"), *CASES[request.param])


def test_sarif_fits_the_official_schema(made: CheckReport) -> None:
    SARIF.validate(json.loads(sarif(made)))


def test_junit_fits_the_schema_of_its_readers(made: CheckReport) -> None:
    JUNIT.validate(Xml.ElementTree(Xml.fromstring(junit(made))))


def test_json_fits_the_schema_that_is_shipped(made: CheckReport) -> None:
    OURS.validate(json.loads(json_report(made)))


def test_the_shipped_schema_is_one_and_refuses_what_is_not_a_report() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert not OURS.is_valid({})
    assert not OURS.is_valid({"simkit": "0", "format": 2, "command": "check", "result": {}})


def test_every_format_says_the_same_each_time(made: CheckReport) -> None:
    for write in (sarif, junit, json_report, comment):
        assert write(made) == write(made)


def results(found: CheckReport) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(sarif(found))["runs"][0]["results"]
    return made


def test_sarif_has_one_result_for_a_cause_at_its_line_with_every_path_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = results(report(tmp_path, grown()))
    (result,) = found
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "desk.yaml", "uriBaseId": "%SRCROOT%"}
    assert location["physicalLocation"]["region"]["startLine"] == LINE
    assert (result["level"], result["properties"]["severity"], result["baselineState"]) == ("error", "critical", "new")
    assert "Cut entitlement crm.books on ledger of desk" in result["message"]["text"]
    flows = [flow["threadFlows"][0]["locations"] for flow in result["codeFlows"]]
    assert len(flows) == 2
    for flow in flows:
        assert flow[0]["location"]["physicalLocation"]["region"]["startLine"] > LINE


def test_sarif_fingerprints_stay_when_lines_move(tmp_path: Path) -> None:
    first = [result["partialFingerprints"] for result in results(report(tmp_path, grown()))]
    moved = [result["partialFingerprints"] for result in results(report(tmp_path, "# moved\n" + grown()))]
    assert first == moved


def test_sarif_rules_say_what_they_are_relevant_to(tmp_path: Path) -> None:
    log = json.loads(sarif(report(tmp_path, grown())))["runs"][0]
    rules = log["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["simkit/read"]
    assert "Relevant to: MITRE ATT&CK v18.1 T1213.003 Code Repositories" in rules[0]["help"]["text"]
    known = {identifier for entry in LISTS.values() for identifier in entry.titles} | {"security"}
    assert set(rules[0]["properties"]["tags"]) <= known
    assert "prevent" not in json.dumps(rules)
    for result in log["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_keeps_within_what_github_takes(made: CheckReport) -> None:
    """https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support: 20 tags a rule, 1,000
    locations a thread flow are shown, 5,000 results a run, and each result needs a location with a path of its own."""
    (run,) = json.loads(sarif(made))["runs"]
    assert len(run["results"]) <= 5000
    for rule in run["tool"]["driver"]["rules"]:
        assert len(rule["properties"]["tags"]) <= 20
        assert len(rule["id"]) <= 255
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
    for result in run["results"]:
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]
        assert all(len(flow["threadFlows"][0]["locations"]) <= 1000 for flow in result.get("codeFlows", ()))
        assert set(result["partialFingerprints"]) == {"primaryLocationLineHash", "simkitPath/v1"}


@pytest.mark.parametrize("rule", RELEVANT)
def test_sarif_has_help_with_standards_for_every_rule_of_the_graph(rule: str) -> None:
    made = _rule(rule)
    assert 2 <= len(made["properties"]["tags"]) <= 20
    for identifier in set(made["properties"]["tags"]) - {"security"}:
        assert f" {identifier} " in made["help"]["text"]
        assert f" {identifier} " in made["help"]["markdown"]


def test_one_finding_never_hides_another_of_the_same_attack(tmp_path: Path) -> None:
    """What is not contained has no path of its own; the growth beside it has one."""
    more = "expect:\n  is-stopped: {measure: contained, at_least: 90%}\n"
    found = results(report(tmp_path, grown().replace("expect:\n", more), DESK.replace("expect:\n", more)))
    rules = [result["ruleId"] for result in found]
    assert sorted(rules) == ["simkit/expectation", "simkit/read"]
    for result in found:
        if result["ruleId"] == "simkit/read":
            assert all(
                said in result["message"]["text"] for said in ("GREW: value-lost", "GREW: books-leaked", "FAILED")
            )


def test_sarif_puts_an_expectation_without_a_path_at_its_own_line(tmp_path: Path) -> None:
    text, base = CASES["no path"]
    found = results(report(tmp_path, text, base))
    assert [result["ruleId"] for result in found] == ["simkit/disarmed", "simkit/expectation"]
    lines = text.splitlines()
    for result in found:
        line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
        assert lines[line - 1].lstrip().startswith("books-stay-closed:")


def test_sarif_of_a_good_scenario_has_no_results(tmp_path: Path) -> None:
    assert results(report(tmp_path, DESK)) == []


def test_sarif_warns_of_what_too_few_trials_cannot_tell(tmp_path: Path) -> None:
    found = results(report(tmp_path, *CASES["too few trials"]))
    told = [("simkit/disarmed", "error"), ("simkit/undecided", "warning")]
    assert [(result["ruleId"], result["level"]) for result in found] == told
    assert "trials are too few: about" in found[1]["message"]["text"]


def test_junit_counts_its_cases_and_says_why(tmp_path: Path) -> None:
    root = Xml.fromstring(junit(report(tmp_path, grown())))
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures")) == ("5", "3")
    failures = {failure.get("type"): failure for failure in root.iter("failure")}
    assert failures.keys() == {"expectation", "growth"}
    assert "crm.books of role desk added" in str(failures["growth"].get("message"))
    assert "leaked desk-key -> " in str(failures["growth"].text)


def test_junit_of_a_good_scenario_passes(tmp_path: Path) -> None:
    root = Xml.fromstring(junit(report(tmp_path, DESK)))
    assert (root.get("tests"), root.get("failures")) == ("5", "0")


def test_junit_leaves_out_what_xml_cannot_hold() -> None:
    from simkit.checks.junit import fit

    nasty = "".join(map(chr, [*range(0x100), 0x202E, 0xFFFE, 0xFFFF, 0xD800, 0x1F600]))
    parsed = Xml.fromstring(Xml.tostring(Xml.Element("a", {"b": fit(nasty)}), encoding="unicode"))
    assert "\U0001f600" in parsed.attrib["b"]
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800]", fit(nasty))
    assert fit("a\tb") == "a\tb"


def test_the_comment_stands_on_its_own(tmp_path: Path) -> None:
    text = comment(report(tmp_path, grown()))
    assert text.startswith("<!-- simkit check -->\n## simkit: blast radius check failed")
    for said in (
        "desk.yaml",
        "What changed: entitlement crm.books of role desk added",
        "undoing it takes back",
        "❌ broken",
        f"cut **entitlement crm.books on ledger of desk** (line {LINE})",
        "100 trials, seed 0",
        "Intervals are at 95 %",
    ):
        assert said in text, said
    assert "blast radius check passed" in comment(report(tmp_path, DESK))


def test_of_many_causes_two_are_named_and_of_many_measures_ten_are_shown(tmp_path: Path) -> None:
    found = report(tmp_path, grown())
    (check,) = found.checks
    many = replace(check.growth[0], culprits=check.growth[0].culprits * 5)
    assert many.because.count("undoing it takes back") == 2
    assert many.because.endswith("; 3 more of the change")
    text = comment(replace(found, checks=(replace(check, changes=(many,) * 13),)))
    assert text.count("3 more of the change |") == 10
    assert "and 3 more, which the log has" in text


def test_the_comment_lets_no_name_be_markup_or_a_mention(tmp_path: Path) -> None:
    text = comment(report(tmp_path, *CASES["hostile names"]))
    assert "<script" not in text.replace("\\<script", "")
    assert not re.search(r"@\w", text)
    assert "\u202e" not in text
    rows = [line for line in text.splitlines() if line.startswith(("| books", "| ✅", "| ❌"))]
    assert len(rows) >= 4
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {9}, "seven cells, whatever the names hold"


def test_a_file_name_cannot_leave_its_heading(tmp_path: Path) -> None:
    one = report(tmp_path, grown()).checks[0]
    name = "a`<img>`\n## passed\n@all.yaml"
    (heading,) = [
        line for line in comment(CheckReport((replace(one, file=name),))).splitlines() if line.startswith("### ")
    ]
    assert heading == "### `a<img>\\n## passed\\n@all.yaml`"


def test_a_comment_is_never_too_long_for_a_code_host(tmp_path: Path) -> None:
    one = report(tmp_path, grown())
    many = CheckReport(one.checks * 200, one.baseline)
    assert len(comment(many)) < 65_536
    assert "(The comment was cut here" in comment(many)
