"""validate, graph, schema and policies look without attacking."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import jsonschema  # type: ignore[import-untyped]
import networkx as nx
import pytest
import yaml

from simkit.cli.looking import GRAPHS
from simkit.model import export
from simkit.policies import DIALS, NAMED
from simkit.scenario import load

Cli = Callable[..., click.testing.Result]


def test_a_sound_file_is_said_to_be_sound(cli: Cli, world: str) -> None:
    result = cli("validate", world)
    assert result.exit_code == 0
    assert result.stdout == (
        f"{world}: help-desk is sound: 1 identity, 2 resources, 1 tool, 1 credential, 1 task, 2 entry points, 1 goal\n"
    )
    assert cli("validate", "--quiet", world).stdout == ""


def test_a_broken_file_among_sound_ones_ends_with_2_and_all_are_checked(cli: Cli, world: str, broken: str) -> None:
    result = cli("validate", broken, world)
    assert result.exit_code == 2
    assert "help-desk is sound" in result.stdout
    assert f"error: {broken}:3:1: " in result.stderr


def test_mistakes_in_json_have_line_column_and_path(cli: Cli, world: str, broken: str) -> None:
    result = cli("validate", "--format", "json", world, broken)
    assert result.exit_code == 2
    sound, wrong = json.loads(result.stdout)["files"]
    assert (sound["valid"], sound["problems"], wrong["valid"]) == (True, [], False)
    places = {(problem["line"], tuple(problem["where"])) for problem in wrong["problems"]}
    assert (3, ("surprise",)) in places
    assert (5, ("identities", "desk", "kind")) in places


def test_a_missing_file_is_a_problem_in_json_too(cli: Cli, tmp_path: Path) -> None:
    result = cli("validate", "--format", "json", str(tmp_path / "nothing.yaml"))
    assert result.exit_code == 2
    (found,) = json.loads(result.stdout)["files"]
    assert "no file is called" in found["problems"][0]["message"]


def test_warnings_are_notes_unless_strict(cli: Cli, world: str) -> None:
    text = Path(world).read_text("utf-8").replace("operation: crm.*", "operation: crm.read")
    Path(world).write_text(text, "utf-8")
    assert cli("validate", world).exit_code == 0
    strict = cli("validate", "--strict", world)
    assert strict.exit_code == 1
    assert "warning:" in strict.stderr
    assert "task reply needs crm.answer, which desk is not entitled to" in strict.stderr
    assert json.loads(cli("validate", "--format", "json", world).stdout)["files"][0]["warnings"]


def test_validate_reads_standard_input_and_names_it(cli: Cli, broken: str) -> None:
    result = cli("validate", "-", stdin=Path(broken).read_text("utf-8"))
    assert result.exit_code == 2
    assert "error: <stdin>:3:1: " in result.stderr


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_the_export_in_each_format(cli: Cli, world: str, name: str) -> None:
    result = cli("graph", world, "--format", name)
    assert result.exit_code == 0
    assert result.stdout == export.FORMATS[name](load(world).model)


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [(".mmd", "flowchart"), (".dot", "digraph"), (".gv", "digraph"), (".graphml", "<graphml"), (".json", "{")],
)
def test_the_name_of_the_file_chooses_the_graph_format(
    cli: Cli, world: str, tmp_path: Path, suffix: str, begins: str
) -> None:
    out = tmp_path / f"model{suffix}"
    assert cli("graph", world, "-o", str(out)).stdout == ""
    assert out.read_text("utf-8").startswith(begins)


def test_graphs_can_be_boxed_by_tier(cli: Cli, world: str) -> None:
    assert "production" not in cli("graph", world, "--group", "tier").stdout
    assert "production" in cli("graph", world).stdout
    assert nx.read_graphml(io.BytesIO(cli("graph", world, "--format", "graphml").stdout_bytes)).has_node("tool:crm")


def test_the_schema_takes_the_scenario_and_refuses_a_broken_one(cli: Cli, world: str, broken: str) -> None:
    schema = json.loads(cli("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(yaml.safe_load(Path(world).read_text("utf-8")))
    assert not validator.is_valid(yaml.safe_load(Path(broken).read_text("utf-8")))


def test_policies_lists_every_policy_and_every_dial(cli: Cli, world: str) -> None:
    result = cli("policies")
    assert result.exit_code == 0
    for word in [*NAMED, *DIALS, *(setting for dial in DIALS.values() for setting in dial.settings)]:
        assert word in result.stdout
    assert "ours" not in result.stdout
    own = json.loads(cli("policies", world, "--format", "json").stdout)["result"]["policies"]["ours"]
    assert own["own"]
    assert own["ttl"] == 1800.0
    assert "30 min" in cli("policies", world).stdout


def test_every_setting_of_every_dial_is_explained_in_its_order(cli: Cli) -> None:
    told = json.loads(cli("policies", "--format", "json").stdout)["result"]["dials"]
    assert {name: [each["name"] for each in dial["settings"]] for name, dial in told.items()} == {
        name: list(dial.settings) for name, dial in DIALS.items()
    }
    assert all(dial["decides"] and all(each["means"] for each in dial["settings"]) for dial in told.values())


def test_a_file_that_is_named_twice_is_checked_once(cli: Cli, world: str) -> None:
    assert cli("validate", world, world).stdout.count(" is sound") == 1
    twice = cli("validate", "-", "-", stdin=Path(world).read_text("utf-8"))
    assert (twice.exit_code, twice.stdout.count(" is sound")) == (0, 1)


def test_quiet_does_not_hide_what_goes_to_a_file(cli: Cli, world: str, tmp_path: Path) -> None:
    out = tmp_path / "sound.txt"
    assert cli("validate", world, "--quiet", "--out", str(out)).output == ""
    assert " is sound: " in out.read_text("utf-8")
