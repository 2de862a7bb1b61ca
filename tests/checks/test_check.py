"""Baselines: small, sorted, proven; growth is paired and blamed on the part of the change that did it."""

from __future__ import annotations

import ast
import json
import os
import pickle
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from checks.worlds import ADDED, ANSWER, DESK, LINE, desk, grown

import simkit.checks
from simkit import load, loads
from simkit.checks import CheckReport, check, sarif
from simkit.errors import InputError, QuestionError

FEW: dict[str, Any] = {"trials": 200}


@pytest.fixture
def stored(tmp_path: Path) -> tuple[str, str]:
    """A scenario and its baseline."""
    scenario, baseline = desk(tmp_path), str(tmp_path / "baseline.json")
    check([scenario], baseline=baseline, update=True, **FEW)
    return scenario, baseline


def changed(stored: tuple[str, str], text: str) -> CheckReport:
    Path(stored[0]).write_text(text, "utf-8")
    return check([stored[0]], baseline=stored[1])


def test_an_unchanged_scenario_has_not_grown_and_renews_to_the_same_bytes(stored: tuple[str, str]) -> None:
    before = Path(stored[1]).read_bytes()
    report = check([stored[0]], baseline=stored[1])
    assert (report.failed, report.growth, report.checks[0].compared) == (False, [], 2)
    check([stored[0]], baseline=stored[1], update=True)
    assert Path(stored[1]).read_bytes() == before


def test_threads_the_working_folder_and_the_order_of_the_file_change_no_byte(
    stored: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Path(stored[1]).read_bytes()
    lines = DESK.splitlines(keepends=True)
    place = lines.index("  leaked-key: {leak: desk-key}\n")
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    text = "".join(lines)
    assert text != DESK
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    again = desk(elsewhere, "# a comment\n" + text)
    monkeypatch.chdir(elsewhere)
    check([os.path.basename(again)], baseline="baseline.json", update=True, trials=200, threads=2)
    assert (elsewhere / "baseline.json").read_bytes() == before


def test_the_baseline_is_sorted_and_has_a_line_for_each_result_and_each_part(stored: tuple[str, str]) -> None:
    text = Path(stored[1]).read_text("utf-8")
    found = json.loads(text)
    assert json.dumps(found, sort_keys=True) == json.dumps(found)
    lines = [line.strip() for line in text.splitlines()]
    assert sum('"samples"' in line for line in lines) == 2
    assert '"desk-key": {"identity": "desk"}' in lines
    (run,) = found["scenarios"].values()
    assert run["results"]["(in force)"]["leaked-key"]["goals"] == {"books-leaked": 0, "cases-leaked": 200}
    assert len(text) < 3 * len(DESK)


def test_one_added_entitlement_is_named_with_its_line_and_its_share(stored: tuple[str, str]) -> None:
    report = changed(stored, grown())
    assert report.failed
    by = {(change.entry_point, change.measure): change for change in report.growth}
    books = by["leaked-key", "books-leaked"]
    assert books.before == 0.0
    assert books.difference.low > 0
    (culprit,) = books.culprits
    assert str(culprit.element) == "entitlement crm.books of role desk added"
    assert culprit.effect.estimate == books.difference.estimate == books.after
    assert by["leaked-key", "worst-case"].difference.to_dict()["low"] == 30.0
    assert {path.spots[path.cut][0] for path in report.paths} == {LINE}
    assert all("crm.books" in path.what for path in report.paths)
    assert "because of entitlement crm.books of role desk added (undoing it takes back" in books.sentence


def test_differences_are_paired_sample_by_sample(stored: tuple[str, str]) -> None:
    """Half of the trials lose 30 more, and none loses less: by hand, from the very samples."""
    change = next(c for c in changed(stored, grown()).growth if c.measure == "value-lost")
    reached = next(c for c in changed(stored, grown()).growth if c.measure == "books-leaked")
    assert change.difference.estimate == pytest.approx(30 * reached.after)
    assert change.before == 10.0


GUILTY: dict[str, tuple[str, str, str, str]] = {
    "a trust edge": (
        DESK,
        "goals:",
        "trust:\n  - {from: desk, to: robot}\ngoals:",
        "trust edge desk -assume-> robot added",
    ),
    "a role assignment": (
        DESK.replace("tasks:", "  books: {entitlements: [{operation: crm.books}]}\ntasks:"),
        "roles: [desk]",
        "roles: [desk, books]",
        "role books of identity desk added",
    ),
    "a credential left in a store": (
        DESK.replace("desk-key: {identity: desk}", "desk-key: {identity: desk}\n  robot-key: {identity: robot}"),
        "cases: {value",
        "cases: {holds: [robot-key], value",
        "credential robot-key of resource cases added",
    ),
    "a surer operation": (DESK, "chance: 0.5", "chance: 0.9", ""),
    "an entry point": (
        DESK,
        "  poisoned-ticket:",
        "  owned-robot: {compromise: robot}\n  poisoned-ticket:",
        "entry point owned-robot added",
    ),
}


@pytest.mark.parametrize("what", GUILTY)
def test_the_part_that_did_it_is_named_among_others_that_did_not(tmp_path: Path, what: str) -> None:
    text, old, new, guilty = GUILTY[what]
    scenario, baseline = desk(tmp_path, text), str(tmp_path / "b.json")
    check([scenario], baseline=baseline, update=True, **FEW)
    harmless = text.replace("rate: 40/d", "rate: 40/d, duration: 1m").replace(
        "kind: human", "kind: human, tier: people"
    )
    Path(scenario).write_text(harmless.replace(old, new, 1), "utf-8")
    report = check([scenario], baseline=baseline)
    assert report.checks[0].elements
    blamed = {str(culprit.element) for change in report.growth for culprit in change.culprits}
    assert blamed == ({guilty} if guilty else set())
    assert bool(report.growth) == bool(guilty)


def test_a_goal_that_the_baseline_lacks_grows_from_nothing(stored: tuple[str, str]) -> None:
    more = "goals:\n  added: {lost: [{resource: ledger, impact: confidentiality}]}\n"
    report = changed(stored, grown().replace("goals:\n", more))
    (change,) = [c for c in report.growth if c.measure == "added" and c.entry_point == "leaked-key"]
    assert change.before == 0
    assert "goal added added" in {str(culprit.element) for culprit in change.culprits}


def test_a_goal_that_has_a_new_name_is_the_goal_that_it_was(stored: tuple[str, str]) -> None:
    renamed = DESK.replace("cases-leaked:", "renamed:")
    assert not changed(stored, renamed).failed
    assert {c.measure for c in changed(stored, grown().replace("books-leaked", "ledger-open")).growth} == {
        "ledger-open",
        "value-lost",
        "worst-case",
    }


def test_a_role_that_brings_an_entitlement_is_cut_where_it_is_given(tmp_path: Path) -> None:
    """Code hosts show a finding in a pull request only at a line that the change touched."""
    text = DESK.replace("tasks:", "  books: {entitlements: [{operation: crm.books}]}\ntasks:")
    scenario, baseline = desk(tmp_path, text), str(tmp_path / "b.json")
    check([scenario], baseline=baseline, update=True, **FEW)
    text = text.replace("roles: [desk]", "roles: [desk, books]")
    desk(tmp_path, text)
    report = check([scenario], baseline=baseline)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "roles: [desk, books]" in line)
    assert {path.spots[path.cut][:2] for path in report.paths} == {
        (line, text.splitlines()[line - 1].index("books]") + 1)
    }


def test_in_a_session_that_a_tier_shares_the_path_names_whose_entitlement_it_is(tmp_path: Path) -> None:
    shared = DESK.replace("kind: service, ent", "kind: service, tier: all, ent").replace(
        "susceptibility: 1.0,", "susceptibility: 1.0, tier: all,"
    )
    text = shared.replace("policy: rbac", "policy: static-secrets").replace("chance: 0.5", "chance: 1.0")
    report = check([desk(tmp_path, text)], **FEW)
    assert report.failed
    assert {path.step.ground.names[0] for path in report.paths} == {"robot"}
    assert {path.what for path in report.paths} == {"entitlement crm.books on ledger of robot"}
    assert {text.splitlines()[path.spots[path.cut][0] - 1].split(":")[0].strip() for path in report.paths} == {"robot"}


def test_what_is_only_possible_is_not_blamed_on_old_paths(tmp_path: Path) -> None:
    rare = DESK.replace("chance: 0.5", "chance: 0.000001")
    scenario, baseline = desk(tmp_path, rare), str(tmp_path / "b.json")
    check([scenario], baseline=baseline, update=True, **FEW)
    desk(tmp_path, grown(rare))
    report = check([scenario], baseline=baseline)
    assert {change.measure for change in report.growth} == {"worst-case", "books-leaked (worst case)"}
    assert report.paths == []
    assert report.checks[0].spot(report.growth[0].sentence)[0] == LINE


@pytest.mark.parametrize(("bound", "status", "sure"), [("5%", "fail", True), ("50%", "unsure", False)])
def test_a_path_is_as_sure_as_the_verdict_that_it_stands_behind(
    tmp_path: Path, bound: str, status: str, sure: bool
) -> None:
    """The ledger is read in half of the trials, so that no number of them tells whether 50 % is kept."""
    report = check([desk(tmp_path, grown().replace("at_most: 5%", f"at_most: {bound}"))], **FEW)
    assert {verdict.status for verdict in report.verdicts} == {status}
    assert {path.sure for path in report.paths} == {sure}


def test_no_path_stands_behind_what_happens_too_seldom(tmp_path: Path) -> None:
    report = check([desk(tmp_path, grown().replace("at_most: 5%", "at_least: 90%"))], **FEW)
    assert {verdict.status for verdict in report.verdicts} == {"fail"}
    assert report.paths == []


def test_a_path_keeps_the_reasons_of_all_its_findings(stored: tuple[str, str]) -> None:
    report = changed(stored, grown())
    (path,) = [path for path in report.paths if path.entry_point == "leaked-key"]
    assert [reason.split(":")[0] for reason in path.reasons] == ["GREW", "GREW", "GREW", "FAILED"]


def test_two_parts_of_which_each_is_enough_are_both_named(tmp_path: Path) -> None:
    """Undoing either alone takes nothing back: each is blamed for what it brings on its own."""
    scenario, baseline = desk(tmp_path), str(tmp_path / "b.json")
    check([scenario], baseline=baseline, update=True, **FEW)
    twice = grown().replace("susceptibility: 1.0,", "susceptibility: 1.0, entitlements: [{operation: crm.books}],")
    Path(scenario).write_text(twice, "utf-8")
    change = next(c for c in check([scenario], baseline=baseline).growth if c.measure == "books-leaked")
    assert [(culprit.undoing, str(culprit.element)) for culprit in change.culprits] == [
        (False, "entitlement crm.books of identity desk added"),
        (False, "entitlement crm.books of role desk added"),
    ]


def test_a_new_identity_is_undone_with_what_leans_on_it(tmp_path: Path) -> None:
    scenario, baseline = desk(tmp_path), str(tmp_path / "b.json")
    check([scenario], baseline=baseline, update=True, **FEW)
    text = DESK.replace("robot:", "lender: {kind: service, entitlements: [{operation: crm.books}]}\n  robot:")
    Path(scenario).write_text(text + "trust:\n  - {from: desk, to: lender}\n", "utf-8")
    blamed = {str(c.element) for change in check([scenario], baseline=baseline).growth for c in change.culprits}
    assert blamed == {"identity lender added", "trust edge desk -assume-> lender added"}


def test_less_is_told_and_does_not_fail(stored: tuple[str, str]) -> None:
    report = changed(stored, DESK.replace("      - {operation: crm.read}\n", ""))
    assert not report.failed
    assert {change.measure for change in report.checks[0].changes} == {"value-lost", "worst-case", "cases-leaked"}
    assert all(change.shrank for change in report.checks[0].changes)


def test_of_much_that_got_better_five_have_a_row(stored: tuple[str, str]) -> None:
    two = DESK.replace("entry_points:\n", "entry_points:\n  desk-taken: {compromise: desk}\n")
    Path(stored[0]).write_text(two, "utf-8")
    check([stored[0]], baseline=stored[1], update=True, **FEW)
    report = changed(stored, two.replace("      - {operation: crm.read}\n", ""))
    (table,) = [each for each in report.tables() if each.title == "against the baseline"]
    count = len(report.checks[0].changes)
    assert (len(table.rows), count > 5) == (5, True)
    assert table.note.endswith(f"; {count - 5} more got better, which JSON lists")


def test_another_policy_in_force_is_held_against_the_one_that_was(stored: tuple[str, str]) -> None:
    tighter = changed(stored, DESK.replace("policy: rbac", "policy: task-scoped"))
    assert not tighter.failed
    check([stored[0]], baseline=stored[1], update=True)
    looser = changed(stored, DESK.replace("policy: rbac", "policy: static-secrets"))
    assert {str(c.element) for change in looser.growth for c in change.culprits} == {
        "policy changed (was task-scoped, is static-secrets)"
    }


def edited(stored: tuple[str, str], **changes: Any) -> None:
    found = json.loads(Path(stored[1]).read_text("utf-8"))
    for run in found["scenarios"].values():
        run |= {key: value for key, value in changes.items() if key in run}
    found |= {key: value for key, value in changes.items() if key in ("kind", "format", "scenarios")}
    Path(stored[1]).write_text(json.dumps(found), "utf-8")


def test_a_missing_baseline_is_an_error_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no baseline .*an update"):
        check([desk(tmp_path)], baseline=str(tmp_path / "none.json"))


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '{"kind": "other"}', "\x00"])
@pytest.mark.parametrize("update", [False, True])
def test_a_foreign_file_is_refused_and_never_overwritten(stored: tuple[str, str], text: str, update: bool) -> None:
    Path(stored[1]).write_text(text, "utf-8")
    with pytest.raises(InputError, match="no baseline of simkit: name another file"):
        check([stored[0]], baseline=stored[1], update=update)
    assert Path(stored[1]).read_text("utf-8") == text


def test_the_conflict_of_a_merge_is_called_so(stored: tuple[str, str]) -> None:
    lines = Path(stored[1]).read_text("utf-8").splitlines()
    torn = [*lines[:3], "<<<<<<< HEAD", lines[3], "=======", lines[3], ">>>>>>> other", *lines[4:]]
    Path(stored[1]).write_text("\n".join(torn), "utf-8")
    with pytest.raises(InputError, match="holds the conflict of a merge: take either side of it, then renew it"):
        check([stored[0]], baseline=stored[1])


def test_another_format_is_refused_with_the_mend(stored: tuple[str, str]) -> None:
    edited(stored, format=0)
    with pytest.raises(
        InputError, match=r"format 0, and this simkit reads 1: delete it and make it anew with an update"
    ):
        check([stored[0]], baseline=stored[1])


def test_a_damaged_one_is_refused_at_its_place(stored: tuple[str, str]) -> None:
    edited(stored, trials="many")
    with pytest.raises(InputError, match=r"damaged at scenarios\.desk\.yaml\.trials"):
        check([stored[0]], baseline=stored[1])


def test_figures_that_do_not_follow_from_the_scenario_are_refused(stored: tuple[str, str]) -> None:
    text = Path(stored[1]).read_text("utf-8")
    Path(stored[1]).write_text(text.replace('"worst_case": 10.0', '"worst_case": 99.0', 1), "utf-8")
    with pytest.raises(InputError, match="as if edited by hand: restore it, or renew it with an update"):
        check([stored[0]], baseline=stored[1])
    edited(stored, version="0.0.1")
    with pytest.raises(InputError, match=r"made by simkit 0\.0\.1, and .* computes otherwise: renew it with an update"):
        check([stored[0]], baseline=stored[1])


def test_one_of_another_version_that_computes_the_same_is_good(stored: tuple[str, str]) -> None:
    edited(stored, version="0.0.1")
    assert not check([stored[0]], baseline=stored[1]).failed


def test_a_scenario_that_this_simkit_cannot_read_any_more_is_refused(stored: tuple[str, str]) -> None:
    edited(stored, scenario={"simkit": 1}, digest="0" * 64)
    with pytest.raises(InputError, match=r"this simkit cannot read .*renew it with an update"):
        check([stored[0]], baseline=stored[1])


def test_a_run_of_another_scenario_is_refused(stored: tuple[str, str]) -> None:
    with pytest.raises(InputError, match=r"was made of 'help-desk', but .* is 'other'"):
        changed(stored, DESK.replace("name: help-desk", "name: other"))


def test_a_scenario_without_a_run_is_an_error(stored: tuple[str, str], tmp_path: Path) -> None:
    other = desk(tmp_path, DESK.replace("help-desk", "other"), "other.yaml")
    with pytest.raises(QuestionError, match=r"no run of 'other\.yaml' .*: add it with an update"):
        check([other], baseline=stored[1])
    check([other], baseline=stored[1], update=True, **FEW)
    assert not check([stored[0], other], baseline=stored[1]).failed


@pytest.mark.parametrize("terms", [{"trials": 100}, {"seed": 5}, {"policies": "jit"}])
def test_terms_that_cannot_be_paired_are_refused(stored: tuple[str, str], terms: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="an update"):
        check([stored[0]], baseline=stored[1], **terms)


def test_a_renewal_keeps_seed_and_trials_unless_told(stored: tuple[str, str]) -> None:
    check([stored[0]], baseline=stored[1], update=True)
    (run,) = json.loads(Path(stored[1]).read_text("utf-8"))["scenarios"].values()
    assert (run["trials"], run["seed"]) == (200, 0)
    check([stored[0]], baseline=stored[1], update=True, trials=50, seed=3, policies=("jit", "rbac"))
    (run,) = json.loads(Path(stored[1]).read_text("utf-8"))["scenarios"].values()
    assert (run["trials"], run["seed"], sorted(run["results"])) == (50, 3, ["jit", "rbac"])


def test_a_file_that_is_gone_is_told_and_dropped_when_renewing(stored: tuple[str, str], tmp_path: Path) -> None:
    other = desk(tmp_path, DESK, "other.yaml")
    check([other], baseline=stored[1], update=True, **FEW)
    os.remove(stored[0])
    report = check([other], baseline=stored[1])
    assert (report.gone, report.failed, report.disarmed) == (("desk.yaml",), True, ["scenario desk.yaml is gone"])
    assert report.sentences[0] == "desk.yaml: DISARMED: the scenario is gone."
    with pytest.raises(QuestionError, match=r"is held to \(scenario desk.yaml is gone\): give the reason"):
        check([other], baseline=stored[1], update=True)
    check([other], baseline=stored[1], update=True, reason="the desk is closed")
    assert list(json.loads(Path(stored[1]).read_text("utf-8"))["scenarios"]) == ["other.yaml"]


def test_a_baseline_moves_with_its_folder(stored: tuple[str, str], tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(tmp_path, moved, ignore=shutil.ignore_patterns("moved"))
    assert not check([str(moved / "desk.yaml")], baseline=str(moved / "baseline.json")).failed


def test_every_path_has_a_fingerprint_that_lines_do_not_change(stored: tuple[str, str]) -> None:
    first = {path.fingerprint: path for path in changed(stored, grown()).paths}
    moved = {path.fingerprint: path for path in changed(stored, "# one line more\n" + grown()).paths}
    assert first.keys() == moved.keys()
    assert len(first) == 2
    for key, path in first.items():
        assert moved[key].spots[path.cut][0] == path.spots[path.cut][0] + 1


def test_what_is_added_stands_where_the_tests_say() -> None:
    assert ADDED.startswith(ANSWER)
    assert grown().splitlines()[LINE - 1].strip() == "- {operation: crm.books}"


def test_a_scenario_is_as_good_as_the_path_of_its_file(tmp_path: Path) -> None:
    file = desk(tmp_path, grown())
    by_path, loaded = check(file, **FEW), check([load(file)], **FEW)
    assert by_path.to_dict() == loaded.to_dict()
    assert by_path.paths[0].to_dict()["cut"]["line"] == LINE  # type: ignore[index]


def test_a_scenario_made_in_memory_is_judged_and_stands_nowhere() -> None:
    scenario = replace(loads(grown()), document=None, file="")
    found = check(scenario, **FEW)
    assert found.failed
    assert found.checks[0].file == "help-desk"
    assert {spot for path in found.paths for spot in path.spots} == {(1, 1, "")}
    assert "help-desk" in sarif(found)
    with pytest.raises(QuestionError, match="help-desk was made in memory, and what it was is found by its fi"):
        check(scenario, baseline="b.json", update=True)


def test_what_is_no_scenario_is_refused() -> None:
    with pytest.raises(QuestionError, match=r"7 is no scenario: read one with simkit\.load"):
        check([7])  # type: ignore[list-item]


def test_entry_points_are_those_through_which_it_is_judged(stored: tuple[str, str]) -> None:
    file, baseline = stored
    assert [v.entry_point for v in check(file, **FEW).verdicts] == ["leaked-key", "poisoned-ticket"]
    assert [v.entry_point for v in check(file, entry_points="poisoned-ticket", **FEW).verdicts] == ["poisoned-ticket"]
    Path(file).write_text(grown(), "utf-8")
    assert {c.entry_point for c in check(file, baseline=baseline).growth} == {"leaked-key", "poisoned-ticket"}
    assert {c.entry_point for c in check(file, baseline=baseline, entry_points=["leaked-key"]).growth} == {"leaked-key"}
    with pytest.raises(QuestionError, match="a baseline holds every entry point"):
        check(file, baseline=baseline, entry_points="leaked-key", update=True)
    with pytest.raises(QuestionError, match="no entry point is called 'leaked-kee': did you mean leaked-key"):
        check(file, entry_points="leaked-kee")


def test_a_scenario_sent_to_another_process_leaves_its_places_behind(tmp_path: Path) -> None:
    scenario = load(desk(tmp_path))
    assert scenario.place(("credentials", "desk-key")) == (19, 3)
    sent = pickle.loads(pickle.dumps(scenario))
    assert (sent == scenario, sent.digest == scenario.digest, sent.place(("credentials",))) == (True, True, None)


@pytest.mark.parametrize("room", ["checks", "measures", "scenario", "policies", "ablation", "sweeps", "narrowing"])
def test_no_message_of_the_library_has_a_word_of_the_command_line(room: str) -> None:
    for module in (Path(simkit.checks.__file__).parents[1] / room).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(r"(?<![-\w])--[a-z]", node.value), f"{module.name}:{node.lineno}"
