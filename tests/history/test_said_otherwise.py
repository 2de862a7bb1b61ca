"""Two scenarios held against each other: in words, with lines, and what it does to the answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks.worlds import ANSWER, DESK, LINE, desk, grown

from simkit.errors import PolicyError, QuestionError
from simkit.history import Alteration, ScenarioDiff, diff
from simkit.scenario import load, loads


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(each.how, each.what) for each in diff(loads(before), loads(after), answer=False).alterations]


CASES: dict[str, tuple[str, str, str, str]] = {
    "a role's entitlement": (ANSWER, "", "went", "entitlement crm.answer of role desk"),
    "an identity": ("  clerk: {kind: human}\n", "", "went", "identity clerk"),
    "a chance": (
        "susceptibility: 1.0",
        "susceptibility: 0.5",
        "changed",
        "susceptibility of identity desk (was 1, is 0.5)",
    ),
    "an operation's chance": (
        "chance: 0.5",
        "chance: 0.75",
        "changed",
        "operations.books.chance of tool crm (was 0.5, is 0.75)",
    ),
    "a lifetime": (
        "{identity: desk}",
        "{identity: desk, ttl: 30d}",
        "changed",
        "ttl of credential desk-key (was the default, is 30d)",
    ),
    "the policy in force": ("policy: rbac", "policy: jit", "changed", "policy (was rbac, is jit)"),
    "a promise": (
        "at_most: 5%",
        "at_most: 50%",
        "changed",
        "expectation books-stay-closed (was at_most 0.05, is at_most 0.5)",
    ),
    "an action of the response": (
        "tasks:\n",
        "response: {actions: [evict-code]}\ntasks:\n",
        "came",
        "response.actions: evict-code",
    ),
    "what is compared": ("policy: rbac\n", "policy: rbac\ncompare: [jit]\n", "came", "compare: jit"),
    "a promise that goes": (
        "expect:\n  books-stay-closed: {measure: books-leaked, at_most: 5%}\n",
        "",
        "went",
        "expectation books-stay-closed",
    ),
    "a value": (
        "{confidentiality: 30}",
        "{confidentiality: 3}",
        "changed",
        "value of resource ledger (was confidentiality 30, is confidentiality 3)",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_change_is_told_in_words(case: str) -> None:
    old, new, how, what = CASES[case]
    assert old in DESK
    assert told(DESK, DESK.replace(old, new)) == [(how, what)]


def test_what_goes_one_way_comes_the_other() -> None:
    assert told(DESK, grown()) == [("came", "entitlement crm.books of role desk")]
    assert told(grown(), DESK) == [("went", "entitlement crm.books of role desk")]


def test_what_gives_more_one_way_gives_less_the_other() -> None:
    found = [diff(*map(loads, pair), answer=False) for pair in ((DESK, grown()), (grown(), DESK))]
    assert [each.alterations[0].gives for each in found] == ["more", "less"]
    assert "1 of them gives somebody less" in found[1].summary


def test_comments_notes_and_order_are_no_change() -> None:
    after = "# a comment\n" + DESK.replace("{kind: human}", '{kind: human, note: "at the desk"}')
    found = diff(loads(DESK, "a.yaml"), loads(after, "b.yaml"))
    assert (found.is_same, found.changes) == (True, ())
    assert found.summary == "a.yaml and b.yaml say the same: nothing differs, comments, notes and layout aside."


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("clerk", "secretary", "identity clerk is now secretary"),
        ("ledger", "book", "resource ledger is now book"),
        ("desk-key", "key", "credential desk-key is now key"),
        ("crm", "support-tool", "tool crm is now support-tool"),
        ("reply", "respond", "task reply is now respond"),
        ("leaked-key", "key-leaks", "entry point leaked-key is now key-leaks"),
        ("books-leaked", "books-out", "goal books-leaked is now books-out"),
        ("books-stay-closed", "closed", "expectation books-stay-closed is now closed"),
    ],
)
def test_a_new_name_is_a_rename_wherever_it_is_meant(old: str, new: str, what: str) -> None:
    assert told(DESK, DESK.replace(old, new)) == [("renamed", what)]


def test_two_things_that_are_alike_are_no_rename() -> None:
    """Nobody can know which of the two clerks the new one is."""
    twins = DESK.replace("  clerk: {kind: human}\n", "  clerk: {kind: human}\n  other: {kind: human}\n")
    after = DESK.replace("clerk", "third")
    assert told(twins, after) == [("came", "identity third"), ("went", "identity clerk"), ("went", "identity other")]


def test_a_name_that_is_a_word_of_the_format_is_put_only_where_it_is_meant() -> None:
    before = DESK.replace("clerk", "human")
    assert told(before, DESK) == [("came", "identity clerk"), ("went", "identity human")]


def test_each_change_has_its_line_and_what_went_that_of_before(tmp_path: Path) -> None:
    old, new = desk(tmp_path), desk(tmp_path, grown(), "new.yaml")
    came = diff(load(old), load(new), answer=False).alterations
    assert [each.place for each in came] == [f"{new}:{LINE}"]
    assert came[0].sentence == f"came: entitlement crm.books of role desk ({new}:{LINE})"
    went = diff(load(new), load(old), answer=False).alterations
    assert [each.place for each in went] == [f"{new}:{LINE}"]


def test_what_went_under_an_old_name_is_found_at_its_line(tmp_path: Path) -> None:
    """The clerk has a new name, and lost two of three edges: they stand in the old file under the old name."""
    edges = "".join(f"  - {{from: clerk, to: desk, kind: {kind}}}\n" for kind in ("assume", "invoke", "federate"))
    old = desk(tmp_path, f"{DESK}trust:\n{edges}")
    left = f"{DESK}trust:\n  - {{from: third, to: desk, kind: assume}}\n".replace("clerk", "third")
    new = desk(tmp_path, left, "new.yaml")
    told = {each.what: each.place for each in diff(load(old), load(new), answer=False).alterations}
    assert told == {
        "trust edge third -federate-> desk": f"{old}:38",
        "trust edge third -invoke-> desk": f"{old}:37",
        "identity clerk is now third": f"{new}:6",
    }


def test_a_part_is_told_at_its_own_line(tmp_path: Path) -> None:
    roles = "roles:\n  desk:\n    entitlements:\n      - {operation: crm.read}\n      - {operation: crm.answer}\n"
    desk(tmp_path, roles, "roles.yaml")
    old = load(desk(tmp_path, DESK.replace(roles, "include: [roles.yaml]\n")))
    desk(tmp_path, roles + "      - {operation: crm.books}\n", "more.yaml")
    new = load(desk(tmp_path, DESK.replace(roles, "include: [more.yaml]\n"), "new.yaml"))
    (came,) = diff(old, new, answer=False).alterations
    assert came.place == f"{tmp_path / 'more.yaml'}:6"


def test_observed_runs_are_counted() -> None:
    runs = "observed:\n" + 3 * "  - {task: reply, calls: [crm.answer]}\n"
    assert told(DESK, DESK + runs) == [("changed", "observed runs (were 0, are 3)")]


def test_the_answer_tells_what_moves_and_what_did_it() -> None:
    found = diff(loads(DESK), loads(grown()), trials=100)
    through = {change.entry_point: change for change in found.changes if change.measure == "books-leaked"}
    change = through["leaked-key"]
    assert change.before == 0
    assert change.after == pytest.approx(0.5, abs=0.15)
    assert [str(culprit.element) for culprit in change.culprits] == ["entitlement crm.books of role desk added"]
    assert found.attacks == 2
    assert "Of 2 attacks 2 get worse: books-leaked 0 % to " in found.summary
    assert found.tables()[1].columns[-1] == "because of"


def test_a_renamed_goal_is_held_against_what_it_was() -> None:
    """Else a goal that was reached as often before would seem to come from nothing."""
    found = diff(loads(DESK), loads(DESK.replace("cases-leaked", "cases-out")), trials=100)
    assert (found.changes, found.attacks) == ((), 2)
    assert found.summary.endswith("All 2 answers stay as they were.")


def test_without_an_answer_nothing_is_replayed() -> None:
    found = diff(loads(DESK), loads(grown()), answer=False)
    assert (found.changes, found.attacks, len(found.tables())) == ((), None, 1)
    assert found.to_dict()["attacks"] is None


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(QuestionError, match="nowhere"):
        diff(loads(DESK), loads(grown()), entry_points="nowhere", trials=10)
    with pytest.raises(PolicyError, match="nothing"):
        diff(loads(DESK), loads(grown()), policies="nothing", trials=10)


def test_the_result_says_itself() -> None:
    found = ScenarioDiff("a", "b", (Alteration("went", "identity clerk"),))
    assert repr(found) == "ScenarioDiff(1 things differ, no answer asked)"
    assert found.summary == "From a to b: 1 went."
    assert found.to_dict()["alterations"] == [{"how": "went", "what": "identity clerk", "place": "", "gives": None}]
