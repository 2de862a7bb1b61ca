"""Checks of what takes rights away: denies that deny nothing."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.linter.check import Slip
from simkit.linter.inspected import Inspected


def deny_that_is_never_sure(inspected: Inspected) -> Iterator[Slip]:
    """A deny under a condition of how a thing is used, which nobody knows before it is."""
    model = inspected.model
    denies = {("roles", name): role.denies for name, role in model.roles.items()}
    denies |= {("identities", name): identity.denies for name, identity in model.identities.items()}
    for where, listed in denies.items():
        for index, deny in enumerate(listed):
            unsure = [condition for condition in deny.conditions if condition != "environment"]
            if unsure:
                says = (
                    f"the deny of {deny.operation} for {where[1]} has the condition {unsure[0]}, of which nothing is "
                    f"sure before it is used, so that it denies nothing: remove the condition"
                )
                yield Slip((*where, "denies", index), says)
