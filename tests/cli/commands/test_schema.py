"""`simkit schema` is what a scenario is checked by."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import jsonschema  # type: ignore[import-untyped]
import yaml

Cli = Callable[..., click.testing.Result]


def test_the_schema_takes_the_scenario_and_refuses_a_broken_one(cli: Cli, world: str, broken: str) -> None:
    schema = json.loads(cli("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(yaml.safe_load(Path(world).read_text("utf-8")))
    assert not validator.is_valid(yaml.safe_load(Path(broken).read_text("utf-8")))
