"""A narrowing changes the lines that it is about, and no other."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from checks.worlds import DESK

import simkit
from simkit.errors import InputError
from simkit.model import Entitlement
from simkit.narrowing import candidates
from simkit.patch import Patch, Rewriting, YamlText, smallest_change
from simkit.scenario import Scenario, load, loads
from simkit.scenario.dumper import plain

ROOT = Path(__file__).parents[2]
SHIPPED = [
    *sorted((ROOT / "scenarios").glob("*.yaml")),
    *sorted((ROOT / "scenarios" / "incidents").glob("*.yaml"))[::4],
    ROOT / "scenarios" / "agentdojo" / "banking.yaml",
]


def narrowed(scenario: Scenario, about: str) -> Scenario:
    return next(each for each in candidates(scenario) if about in str(each)).apply(scenario)


def lines(patch: Patch) -> list[str]:
    (text,) = {patch.diff}
    return [line for line in text.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_narrowing_of_what_we_ship_is_made_in_place(file: Path) -> None:
    scenario = load(file)
    for each in candidates(scenario)[::5]:
        found = smallest_change(scenario, each.apply(scenario))
        assert found.in_place, f"{each}: {found.why}"
        assert len(lines(found)) <= 40


def test_the_lines_that_go_and_come(tmp_path: Path) -> None:
    text = DESK.replace("      - {operation: crm.read}\n", "      - {operation: crm.read}    # cases, too\n")
    file = tmp_path / "desk.yaml"
    file.write_text(text, "utf-8")
    scenario = load(file)
    assert lines(smallest_change(scenario, narrowed(scenario, "Drop crm.read on cases from role desk"))) == [
        "-      - {operation: crm.read}    # cases, too"
    ]
    assert lines(smallest_change(scenario, narrowed(scenario, "Let desk-key live 1 d"))) == [
        "-  desk-key: {identity: desk}",
        "+  desk-key: {identity: desk, ttl: 1d}",
    ]


CHANGES: dict[str, tuple[str, Callable[[Scenario], Scenario], list[str]]] = {
    "the last item of a list on one line": (
        "[{operation: crm.books}, {operation: crm.read}]",
        lambda s: entitled(s, "crm.books"),
        ["-  robot: {kind: service, entitlements: [{operation: crm.books}, {operation: crm.read}]}",
         "+  robot: {kind: service, entitlements: [{operation: crm.books}]}"],
    ),
    "the first item of a list on one line": (
        "[{operation: crm.books}, {operation: crm.read}]",
        lambda s: entitled(s, "crm.read"),
        ["-  robot: {kind: service, entitlements: [{operation: crm.books}, {operation: crm.read}]}",
         "+  robot: {kind: service, entitlements: [{operation: crm.read}]}"],
    ),
    "all of a list": (
        "[{operation: crm.books}]",
        lambda s: entitled(s),
        ["-  robot: {kind: service, entitlements: [{operation: crm.books}]}", "+  robot: {kind: service}"],
    ),
    "one more": (
        "[{operation: crm.books}]",
        lambda s: entitled(s, "crm.books", "crm.read"),
        ["-  robot: {kind: service, entitlements: [{operation: crm.books}]}",
         "+  robot: {kind: service, entitlements: [{operation: crm.books}, {operation: crm.read}]}"],
    ),
    "one word of one": (
        "[{operation: crm.books, targets: [ledger]}]",
        lambda s: entitled(s, "crm.read"),
        ["-  robot: {kind: service, entitlements: [{operation: crm.books, targets: [ledger]}]}",
         "+  robot: {kind: service, entitlements: [{operation: crm.read}]}"],
    ),
}  # fmt: skip


def entitled(scenario: Scenario, *operations: str) -> Scenario:
    given = tuple(map(Entitlement, operations))
    model = scenario.model
    robot = replace(model.identities["robot"], entitlements=given)
    return replace(scenario, model=replace(model, identities={**model.identities, "robot": robot}))


@pytest.mark.parametrize("case", CHANGES)
def test_lists_on_one_line_stay_there(tmp_path: Path, case: str) -> None:
    said, change, expected = CHANGES[case]
    file = tmp_path / "desk.yaml"
    file.write_text(DESK.replace("[{operation: crm.books}]", said), "utf-8")
    scenario = load(file)
    assert lines(smallest_change(scenario, change(scenario))) == expected


@pytest.mark.parametrize(
    ("text", "after", "left"),
    [
        ("a:\n- 1\n- 2\nb: 3\n", {"a": [], "b": 3}, "a: []\nb: 3\n"),
        ("a:\n  - 1  # one\nb: 3\n", {"a": [], "b": 3}, "a: []  # one\nb: 3\n"),
        ("a:  # why\n- 1\n", {"a": []}, "a:  # why\n  []\n"),
        ("a:\n- - 1\n  - 2\n- 3\n", {"a": [[], 3]}, "a:\n- []\n- 3\n"),
        ("a:\n- 1\n", {"a": {"b": 1}}, "a: {b: 1}\n"),
        ("a:\n  b: 1\n  c: 2\n", {"a": {}}, "a: {}\n"),
    ],
)
def test_what_has_lines_and_is_left_empty_is_written_where_brackets_may_stand(
    text: str, after: dict[str, Any], left: str
) -> None:
    """The items of a list may begin in the column of its key; brackets there are no YAML."""
    source = YamlText.of(text)
    made = source.edited(Rewriting(source).of(source.root, yaml.safe_load(text), after))
    assert made == left
    assert yaml.safe_load(made) == after


def test_a_section_that_was_not_there_comes_where_the_format_has_it(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(DESK.replace("policy: rbac\n", ""), "utf-8")
    scenario = load(file)
    found = smallest_change(scenario, replace(scenario, policy="jit", horizon=86400.0))
    assert sorted(lines(found)) == ["+horizon: 1d", "+policy: jit"]
    text = found.files[str(file)][1]
    assert text.splitlines()[1] == "name: help-desk"
    assert sorted(text.splitlines()[2:4]) == ["horizon: 1d", "policy: jit"]


def test_each_thing_is_changed_in_the_file_in_which_it_stands(tmp_path: Path) -> None:
    role = "roles:\n  desk:\n    entitlements:\n      - {operation: crm.read}\n      - {operation: crm.answer}\n"
    (tmp_path / "roles.yaml").write_text(role, "utf-8")
    file = tmp_path / "desk.yaml"
    file.write_text(DESK.replace(role, "include: [roles.yaml]\n"), "utf-8")
    scenario = load(file)
    found = smallest_change(scenario, narrowed(scenario, "Drop crm.read on cases from role desk"))
    assert list(found.files) == [str(tmp_path / "roles.yaml")]
    assert lines(found) == ["-      - {operation: crm.read}"]


def test_json_stays_json(tmp_path: Path) -> None:
    file = tmp_path / "desk.json"
    file.write_text(json.dumps(plain(loads(DESK)), indent=2), "utf-8")
    scenario = load(file)
    found = smallest_change(scenario, narrowed(scenario, "Let desk-key live 1 d"))
    assert found.in_place
    assert json.loads(found.files[str(file)][1])["credentials"]["desk-key"]["ttl"] == "1d"


def test_what_an_alias_repeats_is_written_anew_and_said(tmp_path: Path) -> None:
    """To change it at its anchor would change it wherever the alias stands."""
    file = tmp_path / "desk.yaml"
    text = DESK.replace("roles: [desk]}", "roles: &those [desk]}").replace(
        "{kind: human}", "{kind: human, roles: *those}"
    )
    file.write_text(text, "utf-8")
    scenario = load(file)
    elsewhere = smallest_change(scenario, narrowed(scenario, "Let desk-key live 1 d"))
    assert (elsewhere.in_place, len(lines(elsewhere))) == (True, 2)
    model = scenario.model
    people = {**model.identities, "clerk": replace(model.identities["clerk"], roles=("desk", "other"))}
    more = replace(model, identities=people, roles={**model.roles, "other": replace(model.roles["desk"], name="other")})
    found = smallest_change(scenario, replace(scenario, model=more))
    assert (found.in_place, found.why) == (False, "it is spelt in a way that simkit does not edit")
    assert plain(loads(found.files[str(file)][1])) == plain(replace(scenario, model=more))


def test_git_applies_the_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "starter.yaml"
    file.write_bytes((ROOT / "scenarios" / "starter.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True, env={**os.environ, "HOME": str(tmp_path)})
    scenario = load("starter.yaml")
    wanted = narrowed(scenario, "Drop crm.read_customer on payment-records from role support")
    diff = smallest_change(scenario, wanted).diff
    subprocess.run(["git", "apply", "-"], input=diff, text=True, check=True, capture_output=True)
    assert plain(load("starter.yaml")) == plain(wanted)
    assert simkit.load("starter.yaml").digest == wanted.digest


def test_a_scenario_that_is_no_file_has_nothing_to_change() -> None:
    scenario = loads(DESK)
    with pytest.raises(InputError, match="was not read from a file"):
        smallest_change(scenario, scenario)


def test_values_that_are_set_beside_the_file_stay_out_of_it(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(DESK, "utf-8")
    scenario = load(file, changes={"identities.desk.susceptibility": 0.5})
    found = smallest_change(scenario, narrowed(scenario, "Let desk-key live 1 d"))
    assert len(lines(found)) == 2
