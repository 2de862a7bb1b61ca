"""Checks of what goals ask for."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.linter.check import Slip
from simkit.linter.inspected import Inspected
from simkit.model import Goal


def goal_of_alternatives(inspected: Inspected) -> Iterator[Slip]:
    """The first goal that lists the same loss of several resources and says neither `all` nor `any`."""
    found = next((goal for goal in inspected.scenario.goals.values() if _may_be_alternatives(goal)), None)
    if found is not None:
        names = [resource for resource, _ in found.lost]
        says = (
            f"the goal {found.name} is reached when {_listed(names)} are lost, all of them: write `any` in place of "
            f"`lost` if one is enough, `all` if not"
        )
        yield Slip(("goals", found.name, "lost"), says)


def _may_be_alternatives(goal: Goal) -> bool:
    resources, impacts = ({pair[at] for pair in goal.lost} for at in (0, 1))
    alone = not (goal.performed or goal.steered or goal.all_of or goal.any_of)
    return alone and len(resources) > 1 and len(impacts) == 1


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
