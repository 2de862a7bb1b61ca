"""What a change takes away from the check itself, so that nothing can grow: promises, attacks, values, chances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from simkit.checks.lines import Where
from simkit.distributions import Fixed
from simkit.measures import unit_of
from simkit.model import Detection, EntryPoint
from simkit.scenario import Expectation, Scenario
from simkit.table import duration, format_number, percent


@dataclass(frozen=True, slots=True)
class Disarmed:
    """One thing that the check is held to no longer. `what` says it, and is the name under which it is acknowledged;
    `where` leads to its place in the file as it is now; `reason` is why it was acknowledged, empty if it was not;
    `believed` if it is a number that the scenario states about the world."""

    what: str
    where: Where = ()
    reason: str = ""
    believed: bool = False

    @property
    def acknowledged(self) -> bool:
        """True if somebody said why."""
        return bool(self.reason)

    @property
    def sentence(self) -> str:
        """What is taken away, and why if somebody said so."""
        return f"acknowledged: {self.what} ({self.reason})." if self.reason else f"DISARMED: {self.what}."

    def to_dict(self) -> dict[str, object]:
        """The finding as plain data."""
        return {"what": self.what, "where": list(self.where), "reason": self.reason, "sentence": self.sentence}


Numbers = Mapping[Where, float]


@dataclass(frozen=True, slots=True)
class Belief:
    """Numbers that a file states about the world, by the keys that lead to them, and the direction in which a change of
    one makes every attack look smaller. They are beliefs, not controls: nothing in the world changes with them."""

    of: Callable[[Scenario], Numbers]
    flatters: Literal["less", "more"]
    write: Callable[[float], str] = percent


def _susceptibilities(scenario: Scenario) -> Numbers:
    return {("identities", name, "susceptibility"): each.susceptibility for name, each in _identities(scenario)}


def _identities(scenario: Scenario) -> Iterable[tuple[str, Any]]:
    return scenario.model.identities.items()


def _operation_chances(scenario: Scenario) -> Numbers:
    return {
        ("tools", tool, "operations", name, "chance"): each.chance
        for tool, known in scenario.model.tools.items()
        for name, each in known.operations.items()
    }


def _passed_controls(scenario: Scenario) -> Numbers:
    said: dict[Where, float] = {
        ("response", key): float(getattr(scenario.response, key)) for key in ("miss_rate", "rubber_stamp")
    }
    own = ((name, policy.miss_rate) for name, policy in scenario.policies.items())
    return said | {("policies", name, "miss_rate"): share for name, share in own if share is not None}


def _noticed(scenario: Scenario) -> Numbers:
    found = {("response", "detection", event): each.chance for event, each in scenario.response.detection.items()}
    shown: list[tuple[Where, Detection | None]] = [
        *((("resources", name, "shows_itself"), each.shows_itself) for name, each in scenario.model.resources.items()),
        *(
            (("tools", tool, "operations", name, "shows_itself"), each.shows_itself)
            for tool, known in scenario.model.tools.items()
            for name, each in known.operations.items()
        ),
    ]
    return found | {where: each.chance for where, each in shown if each is not None}


def _responses(scenario: Scenario) -> Numbers:
    found: dict[Where, float] = {("response", "completeness"): scenario.response.completeness}
    chances = ((action.kind, action.chance) for action in scenario.response.actions)
    return found | {("response", "actions", kind): chance for kind, chance in chances if chance is not None}


def _values(scenario: Scenario) -> Numbers:
    return {
        ("resources", name, "value", impact): worth
        for name, each in scenario.model.resources.items()
        for impact, worth in each.value.items()
    }


def _attack_times(scenario: Scenario) -> Numbers:
    """Mean seconds until the first use, and of each operation."""
    first: dict[Where, float] = {
        ("entry_points", name, "delay"): each.delay.mean for name, each in scenario.entry_points.items()
    }
    return first | {
        ("tools", tool, "operations", name, "duration"): each.duration.mean
        for tool, known in scenario.model.tools.items()
        for name, each in known.operations.items()
    }


def _horizon(scenario: Scenario) -> Numbers:
    return {("horizon",): scenario.horizon}


BELIEFS: tuple[Belief, ...] = (
    Belief(_susceptibilities, "less"),
    Belief(_operation_chances, "less"),
    Belief(_passed_controls, "less"),
    Belief(_noticed, "more"),
    Belief(_responses, "more"),
    Belief(_attack_times, "more", duration),
    Belief(_values, "less", format_number),
    Belief(_horizon, "less", duration),
)
"""What of a file can be edited until nothing grows, a row for each kind."""


def disarmed(before: Scenario, after: Scenario) -> tuple[Disarmed, ...]:
    """Everything that `before` was held to and `after` is not. What has only a new name is no finding, if `before`
    was given its new names (see `simkit.checks.renames`)."""
    return (
        *_expectations(before.expect, after.expect),
        *_things("entry point", "entry_points", _undelayed(before), _undelayed(after)),
        *_things("goal", "goals", before.goals, after.goals),
        *_worthless(before, after),
        *(found for row in BELIEFS for found in _flattered(row, before, after)),
        *_aim(before, after),
        *_runs(before, after),
    )


def _expectations(before: Mapping[str, Expectation], after: Mapping[str, Expectation]) -> Iterator[Disarmed]:
    kept = {replace(each, name="", note="") for each in after.values()}
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            if replace(old, name="", note="") not in kept:
                yield Disarmed(f"expectation {name} is gone", ("expect",))
        elif not _holds_to(old, new):
            yield Disarmed(f"expectation {name} promises less: {_promise(new)}, was {_promise(old)}", ("expect", name))


def _holds_to(old: Expectation, new: Expectation) -> bool:
    """True if whatever keeps `new` keeps `old`: the same question, and a bound that is as tight."""
    same = ("measure", "policy", "entry_point", "cheaper_than", "above")
    if any(getattr(old, key) != getattr(new, key) for key in same):
        return False
    if (old.in_draws is None) != (new.in_draws is None) or (new.in_draws or 0.0) < (old.in_draws or 0.0):
        return False
    if old.cheaper_than:
        return True
    if old.at_most is not None:
        return new.at_most is not None and new.at_most <= old.at_most
    return new.at_least is not None and new.at_least >= old.bound


def _promise(made: Expectation) -> str:
    bound = unit_of(made.measure).write(made.bound)
    under = f" under {made.policy}" if made.policy else ""
    through = f" through {made.entry_point}" if made.entry_point else ""
    drawn = f" in {percent(made.in_draws)} of draws" if made.in_draws is not None else ""
    if made.cheaper_than:
        return f"cheaper than {made.cheaper_than}{drawn}{under}{through}"
    above = f" above {format_number(made.above)}" if made.above is not None else ""
    side = "most" if made.at_most is not None else "least"
    return f"{made.measure}{above} at {side} {bound}{drawn}{under}{through}"


def _things(noun: str, section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Disarmed]:
    for name, old in before.items():
        if name not in after:
            yield Disarmed(f"{noun} {name} is gone", (section,))
        elif replace(after[name], note="") != replace(old, note=""):
            yield Disarmed(f"{noun} {name} says something else", (section, name))


def _undelayed(scenario: Scenario) -> dict[str, EntryPoint]:
    """What each entry point is about; how soon it is used is a belief, and how often no part of a baseline."""
    return {name: replace(each, delay=Fixed(0.0), per_year=None) for name, each in scenario.entry_points.items()}


def _worthless(before: Scenario, after: Scenario) -> Iterator[Disarmed]:
    """Resources with a value that are gone; what is lowered is a belief."""
    for name, old in before.model.resources.items():
        worth = sum(old.value.values())
        if worth and name not in after.model.resources:
            yield Disarmed(f"resource {name}, worth {format_number(worth)}, is gone", ("resources",))


def _flattered(row: Belief, before: Scenario, after: Scenario) -> Iterator[Disarmed]:
    now = row.of(after)
    for where, old in row.of(before).items():
        new = now.get(where, 0.0 if _still_there(after, where) else old)
        if new < old if row.flatters == "less" else new > old:
            turned = "is lowered" if row.flatters == "less" else "is raised"
            yield Disarmed(f"{_path(where)} {turned} from {row.write(old)} to {row.write(new)}", where, believed=True)


def _still_there(after: Scenario, where: Where) -> bool:
    """True if the thing that the number is about is still in the file: a value that it no longer states is 0."""
    return where[0] == "resources" and "value" in where and where[1] in after.model.resources


def _path(where: Where) -> str:
    return ".".join(map(str, where))


def _aim(before: Scenario, after: Scenario) -> Iterator[Disarmed]:
    """An attacker who aims at fewer goals leaves the rest alone; at none, everything is taken."""
    had, has = set(before.attacker.aims_at), set(after.attacker.aims_at)
    if has and has != had and not (had and had <= has):
        was = ", ".join(before.attacker.aims_at) or "everything"
        yield Disarmed(f"the attacker aims at {', '.join(after.attacker.aims_at)}, was {was}", ("attacker", "aims_at"))


def _runs(before: Scenario, after: Scenario) -> Iterator[Disarmed]:
    """Observed runs say what legitimate work needs: without them a narrowing seems to cost nothing."""
    gone = Counter(before.observed) - Counter(after.observed)
    if count := gone.total():
        yield Disarmed(f"{count} of {len(before.observed)} observed runs are gone", ("observed",))
