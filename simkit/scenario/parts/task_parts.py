"""What a scenario file says of legitimate work: tasks and real runs of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part


class NeedPart(Part):
    """An operation on targets; a bare text is an operation on its own targets."""

    operation: f.Name
    targets: list[str] = Field(default_factory=list)


class TaskPart(Part):
    """A piece of legitimate work of one identity."""

    identity: f.Name
    needs: list[Annotated[NeedPart, f.SHORT_OPERATION]] = Field(default_factory=list)
    reads: f.Names = Field(default_factory=list)
    """Where its input comes from."""
    delegates_to: f.Names = Field(default_factory=list)
    """Trust edges that it uses."""
    on_behalf_of: f.Name = ""
    """The user whose rights it uses, within the boundary of its identity; default: nobody."""
    claims: f.Claimed = ()
    """What its runs say of themselves, for trust edges that ask."""
    rate: f.Rate = LEFT_OUT
    duration: f.Delay = LEFT_OUT
    note: str = ""


class ObservedCallPart(Part):
    """One call that was seen; a bare text is an operation that was carried out."""

    operation: f.Name
    target: f.Name = LEFT_OUT
    """What it was done to; default: not known."""
    time: f.Time = LEFT_OUT
    """When it began; default: not known."""
    outcome: f.CallOutcome = LEFT_OUT
    """What became of it; default done."""


class ObservedPart(Part):
    """One real run."""

    task: f.Name = LEFT_OUT
    """The declared task that it was a run of; default: of none."""
    calls: list[Annotated[ObservedCallPart, f.SHORT_OPERATION]]
    success: bool = True
    """Whether it did its job, as far as is known."""
    identity: f.Name = LEFT_OUT
    """Who ran; default: the identity of its task, and without a task nobody knows who."""
    thread: f.Name = LEFT_OUT
    """Runs with one name here are parts of one piece of work."""
    source: str = ""
    """The recording that it was seen in."""
    blind_to: f.Globs = Field(default_factory=list)
    """Operations that the recording does not show: their absence says nothing."""
    over: f.Horizon = LEFT_OUT
    """It sums up all that the identity did in this time; default: it is a single run."""
