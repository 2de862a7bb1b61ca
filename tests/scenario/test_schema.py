"""The JSON Schema that editors use takes what the loader takes, and refuses what a schema can refuse."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from scenario.worlds import FILES, ROOT, STARTER, raw

from simkit.errors import ScenarioError
from simkit.scenario import dump, json_schema, load, loads
from simkit.scenario.parser import read
from simkit.scenario.schema import ScenarioPart

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLE = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "scenario-format.md").read_text("utf-8"), re.DOTALL)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"] == "urn:simkit:scenario:1"


@pytest.mark.parametrize(
    ("part", "key", "said"),
    [
        ("", "horizon", "How long the attacker has; default 30d."),
        (
            "GoalPart",
            "at_least",
            "Records that have to be out of each resource whose confidentiality is lost; default: any.",
        ),
        ("SessionPart", "on_revoke", "Its secret is revoked, or rotated."),  # declared in what it is made from
        ("ResourcePart", "undo", "How long a change of it, or its deletion, can be undone; default: never."),
    ],
)
def test_an_editor_shows_what_stands_below_a_field(part: str, key: str, said: str) -> None:
    holder = SCHEMA["$defs"][part] if part else SCHEMA
    assert holder["properties"][key]["description"] == said


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_scenario_file_fits(path: Path) -> None:
    VALIDATOR.validate(raw(path))
    VALIDATOR.validate(read(dump(load(path)), "dumped.yaml").value)


def test_the_example_of_the_format_page_fits_the_schema_and_only_its_missing_parts_dangle() -> None:
    assert EXAMPLE
    VALIDATOR.validate(read(EXAMPLE[1], "example.yaml").value)
    try:
        loads(EXAMPLE[1])
    except ScenarioError as error:
        messages = [problem.message for problem in error.problems]
    else:
        messages = []
    dangling = re.compile(
        r"no [\w ]+? (called|matches) .*|only an operation of effect '(grant' has `role`|lift' `lifts`), .*"
    )
    assert [message for message in messages if not dangling.fullmatch(message)] == []


def keys(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*(keys(inner) for inner in node.values()))
    return set().union(*(keys(inner) for inner in node)) if isinstance(node, list) else set()


def test_the_starter_has_every_key_of_the_format() -> None:
    parts = [ScenarioPart.model_json_schema(), *ScenarioPart.model_json_schema()["$defs"].values()]
    known = {key for part in parts for key in part.get("properties", {})}
    assert known - keys(raw(STARTER)) == set()


WRONG: list[tuple[str, Any]] = [
    ("horizon", 30),
    ("horizon", "30"),
    ("horizon", ""),
    ("horizon", "never"),
    ("polcy", "rbac"),
    ("name", ""),
    ("name", None),
    ("simkit", 2),
    ("identities", {"a": {"kind": "robot"}}),
    ("identities", {"a": {"susceptibility": 2}}),
    ("credentials", {"k": {"ttl": "1h"}}),
    ("tasks", {"t": {"identity": "ci", "rate": "4/m"}}),
    ("tasks", {"t": {"identity": "ci", "needs": [3]}}),
    ("goals", {"g": {"lost": ["cases"]}}),
    ("goals", {"g": {"lost": [{"cases": "honour"}]}}),
    ("response", {"delay": {"normal": {"mean": "1s"}}}),
    ("response", {"detection": {"leak": {"chance": "90%"}}}),
    ("trust", [{"from": "ci"}]),
    ("entry_points", {"e": {"poison": {"tsk": "t"}}}),
    ("observed", 3),
]


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_the_schema_and_the_loader_refuse_the_same(key: str, value: Any) -> None:
    import json

    world = {**raw(), key: value}
    assert not VALIDATOR.is_valid(world)
    with pytest.raises(ScenarioError):
        loads(json.dumps(world))


def test_importing_the_scenario_loads_neither_pydantic_nor_yaml() -> None:
    code = "import sys, simkit.scenario; print(sorted({'pydantic', 'yaml', 'networkx', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
