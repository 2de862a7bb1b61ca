"""What the linter does with what its checks find: order, places, comments that answer, and what touches an answer."""

from __future__ import annotations

import json

import pytest
import support_desk
from linter.lint_page import PAGE, drawn
from linter.test_checks import SOUND

import simkit
from simkit.errors import QuestionError
from simkit.linter import CHECKS, LintReport

FORGOTTEN = SOUND.replace("  bill: {identity: biller, needs: [pay.refund]}\n", "")
BILLER = "  biller: {kind: service, entitlements: [{operation: pay.refund}]}"


def report(text: str, file: str = "world.yaml") -> LintReport:
    return simkit.lint(simkit.loads(text, file))


def answered(comment: str, *, above: bool = False) -> LintReport:
    line = f"  {comment}\n{BILLER}" if above else f"{BILLER} {comment}"
    return report(FORGOTTEN.replace(BILLER, line))


def test_a_comment_on_the_line_answers() -> None:
    found = answered("# simkit: ignore[no-task] nobody knows what it is for")
    assert found.codes == ()
    assert [(each.code, each.line) for each in found.silenced] == [("no-task", 5)]


def test_a_comment_on_the_line_above_answers_for_the_next_line_that_is_none() -> None:
    assert answered("# simkit: ignore[no-task] it is\n  # a long story", above=True).codes == ()


def test_a_comment_without_a_reason_is_a_warning_itself() -> None:
    found = answered("# simkit: ignore[no-task]")
    assert [(each.code, each.line, each.column) for each in found] == [("ignore-without-reason", 5, 68)]


def test_a_comment_that_silences_nothing_is_a_warning() -> None:
    found = report(SOUND.replace(BILLER, f"{BILLER} # simkit: ignore[no-task] why not"))
    assert found.codes == ("unused-ignore",)
    other = answered("# simkit: ignore[unused-role] why not")
    assert other.codes == ("no-task", "unused-ignore")


def test_a_comment_may_answer_several_and_each_code_must_be_one() -> None:
    found = answered("# simkit: ignore[no-task, no-tusk] why not")
    assert [each.message for each in found] == [
        "the comment ignores 'no-tusk', which is no code: did you mean no-task?"
    ]


def test_what_stands_in_a_text_is_no_comment() -> None:
    comment = "# simkit: ignore[no-task] why"
    for text in (f'description: "{comment}"\n', f"description: |\n  x {comment}\n", f"description: '{comment}'\n"):
        assert report(SOUND + text).codes == ()
    assert report(SOUND + f"description: plain {comment}\n").codes == ("unused-ignore",)
    assert report(SOUND + f"description: | {comment}\n  x\n").codes == ("unused-ignore",)


def test_json_has_no_comments_and_keeps_its_warnings() -> None:
    from simkit.scenario.parser import read

    value = read(FORGOTTEN, "world.yaml").value
    found = report(json.dumps(value, indent=1), "world.json")
    assert found.codes == ("no-task",)
    assert found.warnings[0].line > 1


def test_warnings_stand_in_file_order() -> None:
    found = report(FORGOTTEN.replace("2025-08-08", "2025-02-30").replace("susceptibility: 0.5, ", ""))
    assert found.codes == ("no-susceptibility", "no-task", "impossible-date")
    assert [each.line for each in found] == sorted(each.line for each in found)


def test_a_scenario_in_memory_has_keys_for_places() -> None:
    leaked = simkit.EntryPoint("leaked", "leak", "desk-token")
    scenario = simkit.Scenario("desk", support_desk.DESK, {"leaked": leaked})
    found = simkit.lint(scenario, codes="no-task")
    assert [(each.line, each.place) for each in found] == [(0, "identities.ci")]


def test_an_unknown_code_and_what_is_no_scenario_are_refused() -> None:
    scenario = simkit.loads(SOUND)
    with pytest.raises(QuestionError, match="no check has the code 'no-tusk': did you mean no-task"):
        simkit.lint(scenario, codes=["no-tusk"])
    with pytest.raises(QuestionError, match="is no scenario"):
        simkit.lint("world.yaml")  # type: ignore[arg-type]


def test_an_answer_is_touched_by_what_it_depends_on() -> None:
    found = report(FORGOTTEN.replace("mistake: desk", "mistake: biller").replace("2025-08-08", "2025-02-30"))
    assert found.codes == ("no-task", "mistake-of-no-agent", "impossible-date")
    assert found.touching().codes == ("no-task", "mistake-of-no-agent")
    assert found.touching(["rbac"], ["leaked-key"]).codes == ()
    assert found.touching(["rbac", "task-scoped"], ["leaked-key"]).codes == ("no-task",)
    assert found.touching(["rbac"], ["slipped"]).codes == ("mistake-of-no-agent",)


def test_the_caution_is_one_line() -> None:
    found = report(FORGOTTEN.replace("mistake: desk", "mistake: biller"))
    where = "(simkit validate world.yaml)"
    one = f"1 warning in this file touches this answer: mistake-of-no-agent {where}"
    assert found.touching(["rbac"]).caution == one
    assert found.caution == f"2 warnings in this file touch this answer: no-task, mistake-of-no-agent {where}"
    assert report(SOUND).caution == ""


def test_a_report_is_one_line_a_table_and_plain_data() -> None:
    found = report(FORGOTTEN)
    assert repr(found) == "LintReport(help-desk: 1 warning, 0 silenced: no-task)"
    assert found.table().rows[0][:2] == ("world.yaml:5:3", "no-task")
    assert found.to_dict()["warnings"][0]["where"] == ["identities", "biller"]


def test_the_page_lists_the_checks_as_they_are() -> None:
    text = PAGE.read_text("utf-8")
    assert all(f"| `{code}` |" in text for code in CHECKS)
    assert text == drawn(text), "draw it anew: python tests/linter/lint_page.py"
