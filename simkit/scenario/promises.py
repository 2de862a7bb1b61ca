"""The `expect` section as pydantic sees it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from simkit.measures import MEASURES, SHARE, TIME, unit_of
from simkit.scenario import fields as f
from simkit.scenario import units
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.units import MisfitError


def listed(names: Iterable[str]) -> str:
    """`names` as people list them.

    >>> listed(["a", "b", "c"])
    'a, b or c'
    """
    *others, last = names
    return f"{', '.join(others)} or {last}"


class ExpectPart(Part):
    """What must hold: a measure within a bound."""

    measure: Annotated[
        f.Name,
        Field(
            description=f"A goal, a resource (lost in any way), resource:impact, time-to:GOAL, {listed(MEASURES)}; "
            "over draws also annual-loss, the share of years that lose more than `above`."
        ),
    ] = LEFT_OUT
    at_most: f.Bound = LEFT_OUT
    at_least: f.Bound = LEFT_OUT
    policy: f.Name = LEFT_OUT
    """Default: the one in force."""
    entry_point: f.Name = LEFT_OUT
    """Default: every one, each on its own."""
    note: str = ""
    in_draws: f.Bound = LEFT_OUT
    """In which share of the draws of what is not known it holds, at least."""
    cheaper_than: f.Name = LEFT_OUT
    """The policy that costs more, in loss and controls."""
    above: f.Sum = LEFT_OUT
    """The money from which on a year counts, with `measure: annual-loss`."""

    @model_validator(mode="before")
    @classmethod
    def _in_its_unit(cls, raw: Any) -> Any:
        """A share only where the measure is one, and a duration where it is a time."""
        if not isinstance(raw, dict) or not isinstance(raw.get("measure"), str):
            return raw
        unit, said = unit_of(raw["measure"]), dict(raw)
        for key in [key for key in ("at_most", "at_least") if key in raw and unit is not SHARE]:
            if unit is TIME:
                said[key] = _seconds(raw[key], key)
            elif isinstance(raw[key], str):
                raise MisfitError(f"{raw['measure']} is a value, not a share: write a number without %", key)
        return said


def _seconds(raw: Any, key: str) -> float:
    try:
        return units.duration(raw)
    except MisfitError as error:
        raise MisfitError(str(error), key) from None
