"""What a scenario file says of legitimate work: tasks and real runs of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.part import LEFT_OUT, Part


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


class ObservedPart(Part):
    """One real run of a task."""

    task: f.Name
    calls: list[str]
    success: bool = True
