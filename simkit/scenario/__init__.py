"""The scenario: a model, how the attack starts, what must not happen, who responds, and the policies to compare.

Reading and writing load PyYAML and pydantic at first use.
"""

from __future__ import annotations

import os
from typing import Any

from simkit.scenario.expectations import Expectation
from simkit.scenario.scenario import (
    Assumption,
    IncidentRecord,
    Scenario,
    Source,
    checked_scenario,
    chosen_entries,
    chosen_entry,
    scenarios_of,
)

__all__ = [
    "Assumption",
    "Expectation",
    "IncidentRecord",
    "Scenario",
    "Source",
    "checked_scenario",
    "chosen_entries",
    "chosen_entry",
    "dump",
    "json_schema",
    "load",
    "loads",
    "scenarios_of",
]


def load(path: str | os.PathLike[str]) -> Scenario:
    """The scenario in the YAML or JSON file at `path`; `-` is standard input.

    Raises InputError for a file that cannot be opened, and ScenarioError with every mistake in it, in file order.
    """
    from simkit.scenario import loader

    return loader.load(path)


def loads(text: str, file: str = "<text>") -> Scenario:
    """The scenario in the YAML or JSON `text`; messages call it `file`. Raises ScenarioError."""
    from simkit.scenario import loader

    return loader.loads(text, file)


def dump(scenario: Scenario) -> str:
    """`scenario` as YAML, which loads back to an equal scenario."""
    from simkit.scenario import dumper

    return dumper.dump(scenario)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the scenario file, for editors."""
    from simkit.scenario import schema

    return schema.json_schema()
