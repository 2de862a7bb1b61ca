"""One finding for each cause, how severe it is, and what makes it pass."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from checks.worlds import DESK, LINE, desk, grown

from simkit import InputError, QuestionError
from simkit.checks import CheckReport, check, comment, junit, load_suppressions, sarif

TODAY = date(2026, 3, 1)


def held(folder: Path, text: str, base: str = DESK, **asked: Any) -> CheckReport:
    """`text` held against a baseline of `base`."""
    scenario, baseline = desk(folder, base), str(folder / "b.json")
    Path(baseline).unlink(missing_ok=True)
    check([scenario], baseline=baseline, update=True, trials=200)
    desk(folder, text)
    return check([scenario], baseline=baseline, **asked)


def accepting(folder: Path, *names: str, until: str = "2026-03-31", reason: str = "the ledger moves in April") -> str:
    file = folder / "accepted.yaml"
    rows = [f"  - {{finding: {name}, reason: {reason}, until: {until}}}" for name in names]
    file.write_text("\n".join(["suppressions:", *rows]) + "\n", "utf-8")
    return str(file)


def test_one_entitlement_that_breaks_a_promise_and_grows_every_measure_is_one_finding(tmp_path: Path) -> None:
    (found,) = held(tmp_path, grown()).findings
    assert (found.kind, found.severity, found.spot.line) == ("growth", "critical", LINE)
    assert found.cause == "entitlement crm.books of role desk added"
    said = "\n".join(found.sentences)
    assert all(each in said for each in ("GREW: books-leaked", "GREW: value-lost", "FAILED: books-stay-closed"))


def test_an_entitlement_as_bare_text_is_told_at_its_line(tmp_path: Path) -> None:
    bare = grown().replace("- {operation: crm.books}", "- crm.books")
    (found,) = held(tmp_path, bare).findings
    assert (found.cause, found.spot.line) == ("entitlement crm.books of role desk added", LINE)


def test_two_causes_are_two_findings(tmp_path: Path) -> None:
    text = grown().replace("susceptibility: 1.0", "susceptibility: 0.5")
    causes = {each.cause: each.kind for each in held(tmp_path, text).findings}
    assert list(causes.values()) == ["growth", "disarmed"]


def test_what_is_only_more_frequent_is_high_and_what_is_only_sooner_is_medium(tmp_path: Path) -> None:
    more = DESK.replace("chance: 0.5", "chance: 0.9")
    base = grown(DESK).replace("expect:\n  books-stay-closed: {measure: books-leaked, at_most: 5%}\n", "")
    (found,) = held(tmp_path, grown(more).replace(DESK[DESK.index("expect:") :], ""), base).findings
    assert found.severity == "high"
    slow = base.replace("leaked-key: {leak: desk-key}", "leaked-key: {leak: desk-key, delay: 1d}")
    assert {each.severity for each in held(tmp_path, base, slow).findings} == {"medium"}


def test_findings_below_what_is_asked_for_are_told_and_fail_nothing(tmp_path: Path) -> None:
    text = DESK.replace("clerk: {kind: human}", "clerk: {kind: human, entitlements: [{operation: crm.answer}]}")
    wide = held(tmp_path, text, fail_on_widen=True)
    assert wide.failed
    assert "low" in {each.severity for each in wide.findings}
    high = held(tmp_path, text, fail_on_widen=True, fail_on="high")
    assert not high.failed
    assert any("less than high: WIDER" in each for each in high.sentences)


def test_a_suppression_accepts_a_finding_up_to_its_last_day(tmp_path: Path) -> None:
    (found,) = held(tmp_path, grown()).findings
    file = accepting(tmp_path, found.name)
    last = held(tmp_path, grown(), suppressions=file, today=date(2026, 3, 31))
    assert not last.failed
    assert "1 finding accepted" in last.summary
    assert any(
        each.startswith("accepted until 2026-03-31 (the ledger moves in April)") for each in last.checks[0].sentences
    )
    after = held(tmp_path, grown(), suppressions=file, today=date(2026, 4, 1))
    assert after.failed
    assert after.notes == [
        f"{file}:2: the suppression of {found.name} ended on 2026-03-31: mend what it is about, or give it a later day."
    ]


def test_a_suppression_does_not_cover_what_comes_later(tmp_path: Path) -> None:
    (found,) = held(tmp_path, grown()).findings
    worse = grown().replace("clerk: {kind: human}", "clerk: {kind: human, entitlements: [{operation: crm.read}]}")
    both = held(tmp_path, worse, suppressions=accepting(tmp_path, found.name), today=TODAY)
    assert both.failed
    assert [each.suppressed is not None for each in both.findings] == [True, False]


def test_a_suppression_of_nothing_is_said_to_be_one(tmp_path: Path) -> None:
    file = accepting(tmp_path, "0123456789ab")
    found = held(tmp_path, DESK, suppressions=file, today=TODAY)
    assert found.notes == [f"{file}:2: the suppression of 0123456789ab is about no finding of this check: take it out."]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("suppressions:\n  - {finding: 0123456789, until: 2026-01-01}\n", ":2:5: the key `reason` is missing"),
        ("suppressions:\n  - {finding: '0123', reason: a, until: 2026-01-01}\n", "'0123' is too short"),
        ("suppressions:\n  - {finding: '0123456789', reason: a, until: soon}\n", "'soon' is no day"),
        ("suppressions:\n  - {finding: '0123456789', reason: ' ', until: 2026-01-01}\n", "the reason is empty"),
        ("suppressions:\n  - {finding: '0123456789', reason: a, untill: 2026-01-01}\n", "did you mean until"),
        ("- a\n", "has no list `suppressions`"),
    ],
)
def test_mistakes_in_suppressions_are_named_with_their_place(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load_suppressions(file, TODAY)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"{file}:")


def test_a_promise_that_was_broken_before_is_known_and_passes_where_only_new_findings_count(tmp_path: Path) -> None:
    broken = DESK.replace("at_most: 5%", "at_least: 5%")  # nobody can read the books
    found = held(tmp_path, broken + "# moved\n", broken)
    assert found.failed
    assert [each.known for each in found.findings] == [True]
    assert not held(tmp_path, broken + "# moved\n", broken, new_only=True).failed
    assert held(tmp_path, broken, DESK, new_only=True).failed


def test_growth_within_the_tolerance_is_told_and_passes(tmp_path: Path) -> None:
    base = grown().replace(DESK[DESK.index("expect:") :], "")
    more = base.replace("chance: 0.5", "chance: 0.55")
    assert held(tmp_path, more, base).failed
    found = held(tmp_path, more, base, tolerance=0.3)
    assert not found.failed
    assert "tolerated" in {each.head for check in found.checks for each in check.changes}


def test_what_becomes_possible_is_never_tolerated(tmp_path: Path) -> None:
    assert held(tmp_path, grown(), tolerance=0.99).failed


@pytest.mark.parametrize("asked", [{"tolerance": 1.0}, {"tolerance": -0.1}, {"fail_on": "worst"}])
def test_terms_that_mean_nothing_are_refused(tmp_path: Path, asked: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        check([desk(tmp_path)], **asked)


@pytest.mark.parametrize("asked", [{"tolerance": 0.1}, {"new_only": True}])
def test_what_is_about_a_comparison_needs_one(tmp_path: Path, asked: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match="name a baseline or a revision"):
        check([desk(tmp_path)], **asked)


def test_a_cut_that_a_task_needs_says_so(tmp_path: Path) -> None:
    """`crm.books` was there and is needed; the promise is what is new."""
    text = grown().replace("needs: [crm.answer]", "needs: [crm.answer, crm.books]")
    found = check([desk(tmp_path, text)], trials=200)
    stolen = [each for each in found.paths if each.entry_point == "poisoned-ticket"]
    assert stolen
    for path in stolen:
        assert path.needed_by == ("reply",)
        assert "needed by task reply" in path.price
    assert "needed by task reply" in comment(found)


def test_the_comment_opens_with_what_the_change_does(tmp_path: Path) -> None:
    found = held(tmp_path, grown())
    assert found.headline.startswith("This change opens 2 attack paths: books-leaked 0 % to ")
    assert "because of entitlement crm.books of role desk added." in found.headline
    assert comment(found).split("\n\n")[1].startswith("**This change opens 2 attack paths")
    assert held(tmp_path, DESK, grown()).headline.startswith(
        "This change opens no attack path that a trial takes, closes 2"
    )
    assert held(tmp_path, DESK).headline == "This change opens no attack path that a trial takes, and closes none."
    assert check([desk(tmp_path)], trials=100).headline == ""


def test_machines_read_what_is_accepted(tmp_path: Path) -> None:
    (found,) = held(tmp_path, grown()).findings
    report = held(tmp_path, grown(), suppressions=accepting(tmp_path, found.name), today=TODAY)
    (result,) = json.loads(sarif(report))["runs"][0]["results"]
    assert result["suppressions"][0]["justification"] == "the ledger moves in April (until 2026-03-31)"
    root = Xml.fromstring(junit(report))
    assert root.get("failures") == "0"
    assert {each.get("message") for each in root.iter("skipped")} == {
        "accepted until 2026-03-31 (the ledger moves in April)"
    }


def test_junit_says_how_long_each_case_took(tmp_path: Path) -> None:
    root = Xml.fromstring(junit(held(tmp_path, grown())))
    assert float(root.get("time", "0")) > 0
    assert float(root.get("time", "0")) == pytest.approx(sum(float(each.get("time", "0")) for each in root), abs=0.01)
