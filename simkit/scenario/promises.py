"""The `expect` section as pydantic sees it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from simkit.measures import MEASURES
from simkit.scenario import fields as f
from simkit.scenario.part import LEFT_OUT, Part
from simkit.scenario.units import MisfitError


def listed(names: Iterable[str]) -> str:
    """`names` as people list them.

    >>> listed(["a", "b", "c"])
    'a, b or c'
    """
    *others, last = names
    return f"{', '.join(others)} or {last}"


def _is_number(measure: object) -> bool:
    return isinstance(measure, str) and measure in MEASURES and not MEASURES[measure].is_share


class ExpectPart(Part):
    """What must hold: a measure within a bound."""

    measure: Annotated[
        f.Name, Field(description=f"A goal, a resource (lost in any way), resource:impact, {listed(MEASURES)}.")
    ]
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
        if isinstance(raw, dict) and _is_number(raw.get("measure")):
            for key in ("at_most", "at_least"):
                if isinstance(raw.get(key), str):
                    raise MisfitError(f"{raw['measure']} is a value, not a share: write a number without %", key)
        return raw
