"""The scenario: a model, how the attack starts, what must not happen, who responds, and the policies to compare.

Reading and writing load PyYAML and pydantic at first use.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
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


def load(path: str | os.PathLike[str], *, changes: Mapping[str, object] | None = None) -> Scenario:
    """The scenario in the YAML or JSON file at `path`; `-` is standard input.

    `changes` sets some of it otherwise, by the keys that lead there: `{"response.miss_rate": 0.3}`, or a range,
    `{"response.miss_rate": "0.01..0.5"}`. Raises InputError for a file that cannot be opened, QuestionError for a
    change of what is not there, and ScenarioError with every mistake in the file, in its order.
    """
    from simkit.scenario import loader

    return loader.load(path, changes={where: str(value) for where, value in (changes or {}).items()})


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
