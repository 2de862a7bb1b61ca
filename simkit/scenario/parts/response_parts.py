"""What a scenario file says of the defender."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.approval_rule_parts import ApprovalRulePart
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.parts.responder_parts import ResponderPart
from simkit.scenario.parts.response_action_parts import ResponseActionPart


class DetectionPart(Part):
    """The chance that an event raises an alert, and how long after it."""

    chance: f.Chance
    delay: f.Delay = LEFT_OUT


class ResponsePart(Part):
    """The defender."""

    detection: dict[f.Event, DetectionPart] = Field(default_factory=dict)
    """By event, by class of events, or any."""
    delay: f.Delay = LEFT_OUT
    """Of an automatic response."""
    remediation_lag: f.Delay = LEFT_OUT
    """Of a response by hand."""
    rotation_period: f.Horizon = LEFT_OUT
    completeness: f.Chance = LEFT_OUT
    """The chance that a given credential is dealt with, not forgotten: revoked, and the account behind it disabled."""
    approval_delay: f.Delay = LEFT_OUT
    rubber_stamp: f.Chance = LEFT_OUT
    """The chance that a person approves whatever is asked."""
    miss_rate: f.Chance = LEFT_OUT
    """The chance that an out-of-context use passes `context: checks`."""
    actions: list[Annotated[ResponseActionPart, f.SHORT_ACTION]] = Field(default_factory=list)
    """Default: secrets are revoked, and where the response is automatic accounts disabled too."""
    propagation: f.Duration = LEFT_OUT
    """Until an action on a secret or session holds everywhere; default at once."""
    responders: dict[f.Name, ResponderPart] = Field(default_factory=dict)
    """Those who respond in their own way to what they govern."""
    forgets: f.Names = Field(default_factory=list)
    """Credentials that nobody ever deals with, whatever is known of them."""
    approvals: dict[f.Name, ApprovalRulePart] = Field(default_factory=dict)
    """How operations are approved where something asks for it; default: by one person."""
