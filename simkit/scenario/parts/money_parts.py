"""What a scenario file says of money: what a point of value is worth, and what controls cost."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.units import MisfitError


class PolicyPricePart(Part):
    """What a policy costs by itself."""

    per_year: f.Worth
    """Licences and upkeep, a year."""


class PricesPart(Part):
    """What controls cost, in the currency of `unit`."""

    approval: f.Worth = LEFT_OUT
    """The work of a person who is asked once."""
    waiting_minute: f.Worth = LEFT_OUT
    """A minute for which somebody waits for an approval."""
    thousand_tokens: f.Worth = LEFT_OUT
    thousand_records: f.Worth = LEFT_OUT
    """A thousand audit records, kept."""
    policies: dict[f.Name, PolicyPricePart] = Field(default_factory=dict)


def one_currency(given: dict[str, float]) -> dict[str, float]:
    """`given` if it has one currency, and a point of value is worth something. Raises MisfitError."""
    if len(given) != 1:
        raise MisfitError(f"`unit` names {len(given)} currencies where one is due: write {{EUR: 1000}}")
    for name, point in given.items():
        if point <= 0:
            raise MisfitError(f"a point of value is worth {point:g}: write more than nothing", name)
    return given
