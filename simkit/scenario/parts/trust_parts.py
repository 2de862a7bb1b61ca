"""What a scenario file says of trust edges."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.parts.session_parts import SessionPart


class TrustPart(Part):
    """One identity may become, invoke or spawn another."""

    source: f.Name = Field(alias="from")
    target: f.Name = Field(alias="to")
    kind: f.TrustKind = "assume"
    attenuates: bool = False
    """Does the scope shrink on the way?"""
    ttl: f.Lifetime = LEFT_OUT
    session: SessionPart | None = None
    """How the session behaves when what opened it goes; default: assume and federate survive, others end."""
    conditions: list[f.EdgeCondition] = Field(default_factory=list)
    """source (own runtime only), environment, approval, and {claims: {...}}: globs that what is claimed must fit."""
    answers: bool = True
    """Kind invoke: does who invokes get the answer?"""
    note: str = ""
