"""What a scenario file says of goals."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from simkit.model import IMPACTS
from simkit.scenario import fields as f
from simkit.scenario import quota_units as quotas
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.units import MisfitError


class LostPart(Part):
    """A resource and the impact by which it is lost."""

    resource: f.Name
    impact: f.Impact


class PerformedPart(Part):
    """An operation, and the target on which it must have been performed (default: any)."""

    operation: f.Name
    target: f.Name = ""


class GoalTermPart(Part):
    """One of several parts of a goal; short forms: a loss (`cases: confidentiality`), or an operation."""

    lost: list[Annotated[LostPart, f.SHORT_LOST]] = Field(default_factory=list)
    performed: list[Annotated[PerformedPart, f.SHORT_OPERATION]] = Field(default_factory=list)
    steered: f.Name = ""
    """An agent of which some session is the attacker's."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> GoalTermPart:
        if not (self.lost or self.performed or self.steered or isinstance(self, GoalPart)):
            raise MisfitError("a part of a goal needs `lost`, `performed` or `steered`: write one, or remove the part")
        return self


def _term(raw: object) -> object:
    """`cases: confidentiality` and `pay.refund` are short for the long form."""
    if isinstance(raw, str):
        return {"lost": [raw]} if ": " in raw else {"performed": [raw]}
    if isinstance(raw, dict) and len(raw) == 1 and isinstance(next(iter(raw.values())), str) and "steered" not in raw:
        return {"lost": [raw]}
    return raw


def _not_empty(terms: list[GoalTermPart]) -> list[GoalTermPart]:
    if not terms:
        raise MisfitError("the list is empty: write what has to happen, or remove the key")
    return terms


_SHORT = f.Short(
    _term,
    {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "propertyNames": {"not": {"enum": ["lost", "performed", "steered"]}},
                "additionalProperties": {"enum": list(IMPACTS)},
            },
        ]
    },
)
Terms = Annotated[list[Annotated[GoalTermPart, _SHORT]], AfterValidator(_not_empty), Field(min_length=0)]


class GoalPart(GoalTermPart):
    """What must not happen: reached when all of it is, and one of `any`."""

    all: Terms = Field(default_factory=list)
    """All of these; the same as to list them under `lost` and `performed`."""
    any: Terms = Field(default_factory=list)
    """One of these is enough."""
    at_least: quotas.Records = LEFT_OUT
    """Records that have to be out of each resource whose confidentiality is lost; default: any."""
    note: str = ""
