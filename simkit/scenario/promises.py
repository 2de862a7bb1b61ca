"""The `expect` section as pydantic sees it."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from simkit.scenario import fields as f
from simkit.scenario.expectations import VALUES
from simkit.scenario.part import LEFT_OUT, Part
from simkit.scenario.units import MisfitError


class ExpectPart(Part):
    """What must hold: a measure within a bound."""

    measure: f.Name
    """A goal, a resource (lost in any way), resource:impact, contained, value-lost, value-lost-p95 or worst-case."""
    at_most: f.Bound = LEFT_OUT
    at_least: f.Bound = LEFT_OUT
    policy: f.Name = LEFT_OUT
    """Default: the one in force."""
    entry_point: f.Name = LEFT_OUT
    """Default: every one, each on its own."""
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _no_share_of_a_value(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and raw.get("measure") in VALUES:
            for key in ("at_most", "at_least"):
                if isinstance(raw.get(key), str):
                    raise MisfitError(f"{raw['measure']} is a value, not a share: write a number without %", key)
        return raw
