"""The attack surface: what losing each credential and each identity reaches, whether or not an entry point names it.

An attack that is named may be saturated: what is added beside it then changes none of its figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from simkit.blast_radius import WorstCase
from simkit.checks.baseline import IN_FORCE
from simkit.checks.elements import Element, Plain, restored, without
from simkit.checks.growth import MOST_ELEMENTS
from simkit.errors import InputError
from simkit.scenario import Scenario
from simkit.table import format_number

COUNTED = ("identities", "credentials", "resources")
"""What is counted of all that is in reach; a tool is worth what it leads to."""
Thing = tuple[str, str]
"""`credential` or `identity`, and its name."""
Surface = Mapping[Thing, WorstCase]
SurfaceOf = Callable[[Scenario, str], Surface | None]
"""The surface of a scenario under a policy; None where it lacks the policy."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Credentials and identities (`things`) of which losing one reaches more than it did, because of one part of the
    change (None: no part does it alone). `goals` and `losses` are what is newly in reach of some of them; `before` and
    `after` are the worst case of the one that is worst to lose now."""

    policy: str
    things: tuple[Thing, ...]
    goals: tuple[str, ...]
    losses: tuple[str, ...]
    before: float
    after: float
    element: Element | None = field(default=None)
    counts: str = ""
    """What the one that is worst to lose has more of in reach, where neither a goal nor a value tells."""

    @property
    def because(self) -> str:
        """Which part of the change did it."""
        return str(self.element) if self.element is not None else "several parts of the change together"

    @property
    def sentence(self) -> str:
        """Whose loss reaches more, what, and because of what."""
        kind, name = self.things[0]
        others = f" and {len(self.things) - 1} more" if len(self.things) > 1 else ""
        reached = [*(f"goal {goal}" for goal in self.goals), *self.losses]
        new = f"; newly in reach: {', '.join(reached)}" if reached else ""
        worth = self.counts or f"worst case {format_number(self.before)} -> {format_number(self.after)}"
        return (
            f"EXPOSED: losing {kind} {name}{others} reaches more under {self.policy} ({worth}{new}), because of "
            f"{self.because}."
        )

    def to_dict(self) -> dict[str, object]:
        """The finding as plain data."""
        return {
            "policy": self.policy,
            "things": [{"kind": kind, "name": name} for kind, name in self.things],
            "goals": list(self.goals),
            "losses": list(self.losses),
            "before": self.before,
            "after": self.after,
            "because": self.because,
            "where": list(self.element.where) if self.element is not None else [],
            "sentence": self.sentence,
        }


def exposed(
    old: Scenario, new: Scenario, after: Plain, slot: str, elements: Sequence[Element], surface: SurfaceOf
) -> tuple[Exposed, ...]:
    """What of `new` reaches more than `old` did under the policy of `slot`, by the part of the change (`elements`, from
    `old` to the canonical form `after`) that did it: one finding for each, the first that explains a thing."""
    before, now = surface(old, slot) or {}, surface(new, slot)
    left = {thing: row for thing, row in (now or {}).items() if _more(before.get(thing), row)}
    found: list[Exposed] = []
    for element in elements[:MOST_ELEMENTS]:
        if not left:
            break
        undone = _surface(without(after, element, elements), new.file, slot, surface)
        explained = [] if undone is None else [each for each, row in left.items() if _more(undone.get(each), row)]
        if explained:
            found.append(_one(new, slot, {each: left.pop(each) for each in explained}, before, element))
    return (*found, _one(new, slot, left, before, None)) if left else tuple(found)


def _surface(form: Plain, file: str, slot: str, surface: SurfaceOf) -> Surface | None:
    """None where `form` is no scenario at all: the part cannot be undone alone."""
    try:
        return surface(restored(form, file), slot)
    except InputError:
        return None


def _more(old: WorstCase | None, new: WorstCase) -> bool:
    """True if `new` reaches something that `old` does not; a thing that was not there reached nothing."""
    if old is None:
        return bool(new.value or new.goals or new.losses)
    told = new.value > old.value or bool({*new.goals, *new.losses} - {*old.goals, *old.losses})
    return told or any(_counted(old, new))


def _counted(old: WorstCase | None, new: WorstCase) -> Iterator[str]:
    """Where more identities, credentials or resources are in reach than were: imported worlds give nothing a value,
    and no goal names all that can be lost."""
    for group in COUNTED:
        had, has = old.counts.get(group, 0) if old else 0, new.counts.get(group, 0)
        if has > had:
            yield f"{group} in reach {had} -> {has}"


def _one(
    new: Scenario, slot: str, rows: Mapping[Thing, WorstCase], before: Surface, element: Element | None
) -> Exposed:
    things = sorted(rows, key=lambda thing: (-rows[thing].value, thing))
    had = {thing: before.get(thing) for thing in things}
    goals = {goal for thing in things for goal in rows[thing].goals if goal not in (_goals(had[thing]))}
    losses = {loss for thing in things for loss in rows[thing].losses if loss not in (_losses(had[thing]))}
    first, was = rows[things[0]], had[things[0]]
    policy = new.grant_policy(None if slot == IN_FORCE else slot).name
    worth = was.value if was else 0.0, first.value
    silent = not goals and not losses and worth[0] == worth[1]
    counts = ", ".join(_counted(was, first)) if silent else ""
    return Exposed(policy, tuple(things), tuple(sorted(goals)), tuple(sorted(losses)), *worth, element, counts)


def _goals(row: WorstCase | None) -> tuple[str, ...]:
    return row.goals if row else ()


def _losses(row: WorstCase | None) -> tuple[str, ...]:
    return row.losses if row else ()
