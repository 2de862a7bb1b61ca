"""`simkit impact`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from cli.conftest import Cli

from simkit.impacts import json_schema

DESK = """\
simkit: 1
name: desk
identities: {desk: {kind: agent, entitlements: [{operation: crm.*}]}}
resources: {cases: {}}
tools: {crm: {operations: {read: {effect: read, targets: [cases]}, note: {effect: write, targets: [cases]}}}}
credentials: {key: {identity: desk}}
tasks: {answer: {identity: desk, needs: [crm.read]}}
entry_points: {leaked: {leak: key}}
"""
RUNS = "observed: [{task: answer, calls: [crm.read]}, {task: answer, calls: [crm.read, crm.note]}]\n"


@pytest.fixture
def seen(tmp_path: Path) -> str:
    """A help desk that was seen to do more than its task needs."""
    file = tmp_path / "desk.yaml"
    file.write_text(DESK + RUNS, "utf-8")
    return str(file)


def test_the_answer_is_the_same_in_each_format(cli: Cli, seen: str) -> None:
    told = cli("impact", seen, "--from", "rbac", "--to", "task-scoped")
    assert told.exit_code == 0, told.output
    assert "1 of 2 runs that did their job would have stopped" in told.stdout.replace("\n", " ")
    found = json.loads(cli("impact", seen, "--to", "task-scoped", "--format", "json").stdout)["result"]
    assert (found["shares"]["stopped"]["estimate"], found["stops"][0]["operation"]) == (0.5, "crm.note")
    assert "| task answer | crm.note |" in cli("impact", seen, "--to", "task-scoped", "--format", "markdown").stdout


@pytest.mark.parametrize(
    "words", [("--to", "task-scoped", "--fail-on-widen"), ("--from", "task-scoped", "--to", "rbac")]
)
def test_the_json_keeps_its_schema_which_names_every_field(cli: Cli, seen: str, words: tuple[str, ...]) -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    told = json.loads(cli("impact", seen, *words, "--format", "json").stdout)
    jsonschema.Draft202012Validator(schema).validate(told)
    parts = schema["$defs"]
    assert told.keys() == schema["properties"].keys()
    assert told["result"].keys() == parts["result"]["properties"].keys()
    assert told["result"]["calls"][0].keys() == parts["call"]["properties"].keys()
    assert all(each.keys() == parts["stop"]["properties"].keys() for each in told["result"]["stops"])


def test_another_file_is_another_design(cli: Cli, seen: str, tmp_path: Path) -> None:
    other = tmp_path / "narrowed.yaml"
    other.write_text(DESK.replace("crm.*", "crm.read"), "utf-8")
    told = json.loads(cli("impact", seen, str(other), "--format", "json").stdout)["result"]
    assert (told["before"], told["after"], len(told["stops"])) == ("desk (rbac)", "desk (rbac)", 1)
    wide = cli("impact", str(other), seen, "--fail-on-widen")
    assert wide.exit_code == 2, "the runs are those of the first file"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--to", "task-scoped", "--fail-if", "stopped > 2%"), 1, "FAILED: stopped is 50 %"),
        (("--to", "task-scoped", "--fail-if", "stopped > 60%"), 1, "CANNOT TELL: stopped is 50 %"),
        (("--to", "task-scoped", "--fail-if", "stopped > 95%"), 0, "passed: stopped is 50 %"),
        (("--to", "task-scoped", "--fail-if", "allowed > 70%"), 0, "passed: allowed is 0 %"),
        (("--to", "task-scoped", "--fail-if", "left-out > 1%"), 1, "FAILED: left-out is"),
        (("--to", "task-scoped", "--fail-on-widen"), 0, "passed: --fail-on-widen: 0 calls"),
        (("--from", "task-scoped", "--to", "rbac", "--fail-on-widen"), 1, "FAILED: --fail-on-widen: 1 calls"),
    ],
)
def test_gates_end_with_their_exit_codes(cli: Cli, seen: str, words: tuple[str, ...], code: int, says: str) -> None:
    told = cli("impact", seen, *words)
    assert told.exit_code == code, told.output
    assert says in " ".join(told.stdout.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "rbac is both designs"),
        (("--to", "task-scopd"), "task-scoped"),
        (("--to", "task-scoped", "--fail-if", "stoped > 2%"), "an impact has no 'stoped'"),
        (("--to", "task-scoped", "--fail-if", "stopped"), "is not a condition"),
        (("--to", "rbac-context", "--fail-if", "left-out > 2%"), "`left-out` says nothing there"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(cli: Cli, seen: str, words: tuple[str, ...], says: str) -> None:
    told = cli("impact", seen, *words)
    assert told.exit_code == 2
    assert says in told.stderr


def test_without_runs_there_is_nothing_to_hold(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(DESK, "utf-8")
    told = cli("impact", str(file), "--to", "task-scoped")
    assert (told.exit_code, "desk has no observed run" in told.stderr) == (2, True)


def test_help_teaches(cli: Cli) -> None:
    text = cli("impact", "--help").stdout
    assert "a scope that is made of runs is wrong" in " ".join(text.split())
    assert "--to task-scoped" in text
