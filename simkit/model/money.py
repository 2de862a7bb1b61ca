"""What a point of value is worth, and what the controls cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Currency:
    """What the scenario's own unit of value is in money: one point of value is `point` of what is called `name`."""

    name: str
    point: float


@dataclass(frozen=True, slots=True)
class ControlPrices:
    """What controls cost, in the scenario's currency: an approval, a minute that somebody waits for one, a thousand
    tokens, a thousand audit records; `policies` says what a policy costs a year by itself (licences, upkeep)."""

    approval: float = 0.0
    waiting_minute: float = 0.0
    thousand_tokens: float = 0.0
    thousand_records: float = 0.0
    policies: Mapping[str, float] = field(default_factory=dict)
