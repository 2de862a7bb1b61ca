"""How much is out: for how long records are read, at the pace that an operation has for all who use it.

None of this changes what is lost, or when. It says who is reading, so that what is out can be counted after a replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.distributions import Fixed
from simkit.techniques.act import RULE_OF, Act, acts
from simkit.techniques.rule import Rule
from simkit.techniques.use import Way
from simkit.techniques.world import World, concludes

RULES = (Rule("meter", None),)
COUNTED = frozenset({"read", "exfiltrate", "find", "carry-out", "meter"})
"""Rules by which no more gets out than was read, or that only count."""


def metered(world: World) -> bool:
    """True if something in `world` has records, and something reads them at a pace."""
    paced = any(operation.throughput for _, _, operation in world.model.operations())
    return paced and any(resource.records for resource in world.model.resources.values())


def steps(world: World) -> Iterator[Step]:
    """meter: who reads r with an operation that has a throughput -> reading(operation, r); with another -> whole(r).
    reading(operation, r) for long enough -> enough(r, records), where a goal asks for so many."""
    if not metered(world):
        return
    shared = set(_shared(world))
    pipes: dict[Fact, float] = {}
    for act in acts(world, {"read": RULE_OF["read"]}):
        for mode, ways in act.judged.ways.items():
            read = _read(act, mode)
            for way in ways if read else ():
                yield _counted(act, way, act.key(mode) + way.name, read, act.deed.name.partition("(")[0] in shared)
            if pace := act.deed.operation.throughput:
                pipes |= dict.fromkeys((Fact("reading", act.deed.grant[0], name) for name in read), pace)
    yield from _enough(world, pipes)


def _shared(world: World) -> Iterator[str]:
    """The operations that may read several things that have records: their throughput is shared among these."""
    for name, _, operation in world.model.operations():
        if (
            operation.throughput
            and sum(resource.records is not None for resource in world.model.resources.values()) > 1
        ):
            yield name


def _read(act: Act, mode: str) -> tuple[str, ...]:
    """What has records of that which `act` reads."""
    resources = act.actor.world.model.resources
    names = {
        conclusion.fact.object if conclusion.fact.kind == "seen" else conclusion.fact.subject
        for conclusion in act.concluded(mode)
        if conclusion.fact.kind == "seen" or _is_had(conclusion.fact)
    }
    return tuple(sorted(name for name in names if name in resources and resources[name].records))


def _is_had(fact: Fact) -> bool:
    return fact.kind == "inside" or fact[::2] == ("lost", "confidentiality")


def _counted(act: Act, way: Way, key: str, read: tuple[str, ...], shared: bool) -> Step:
    """What `act`, let through by `way`, reads: from its beginning on, with the fate of the act itself."""
    operation, name = act.deed.operation, act.deed.grant[0]
    paced = operation.throughput is not None
    concluded = [concludes("reading", name, each) if paced else concludes("whole", each) for each in read]
    if paced and shared:
        concluded.append(concludes("using", name))
    return Step(
        key=f"{key} counted",
        fate=act.fate,
        rule="meter",
        premises=(way.premises[0], *act.granted, *way.premises[1:]) if act.granted else way.premises,
        conclusions=tuple(concluded),
        grounds=act.grounds,
        label=f"{act.deed.label}, record by record" if paced else act.deed.label,
        chance=operation.chance * way.chance,
        duration=Fixed(0.0) if paced else operation.duration,
        approval=way.approval,
    )


def _enough(world: World, pipes: dict[Fact, float]) -> Iterator[Step]:
    """Each way in which so many records are out as a goal asks for."""
    for goal in world.goals.values():
        for name in goal.read if goal.at_least is not None else ():
            resource = world.model.resources[name]
            if not resource.records:
                continue
            found = (Conclusion(enough(name, goal.at_least or 0.0)),)
            grounds = (Ground("goal", (goal.name,)),)
            said = f"{goal.at_least:g} records of {name} are out"
            for fact, pace in pipes.items():
                if fact.object == name:
                    lasts = Fixed((goal.at_least or 0.0) / pace)
                    key = f"enough({goal.name}): {fact}"
                    yield Step(key, "meter", (fact,), found, grounds, said, duration=lasts)
            yield Step(f"enough({goal.name}): whole({name})", "meter", (Fact("whole", name),), found, grounds, said)


def enough(resource: str, records: float) -> Fact:
    """The fact that so many `records` of `resource` were read."""
    return Fact("enough", resource, f"{records:g}")


def otherwise(world: World, taken: Iterable[Step]) -> Iterator[Step]:
    """What is got at in another way than by reading it is out as a whole: a step beside each of the steps `taken`."""
    resources = world.model.resources if metered(world) else {}
    for step in taken if resources else ():
        lost = [each.fact.subject for each in step.conclusions if _is_had(each.fact)]
        whole = [name for name in lost if resources[name].records]
        if whole and step.rule not in COUNTED:
            conclusions = tuple(concludes("whole", name) for name in whole)
            beside = step._replace(key=f"{step.key} counted", rule="meter", fate=step.fate or step.key)
            yield beside._replace(conclusions=conclusions, alert=0.0, logged=False)
