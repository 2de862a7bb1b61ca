"""How much is out: for how long records are read, at the pace that an operation has for all who use it.

None of this changes what is lost, or when. It says who is reading, so that what is out can be counted after a replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.attackgraph.facts import AT_ONCE
from simkit.distributions import Distribution, Fixed, InTurn
from simkit.techniques.act import RULE_OF, Act, acts
from simkit.techniques.rule import Rule
from simkit.techniques.use import Way
from simkit.techniques.world import STEERS, World, concludes

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
    """Each way in which so many records are out as a goal asks for, by one of `pipes` or as a whole."""
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
            whole = Fact("whole", name)
            if all(fact.kind == "reading" for fact in pipes):
                yield Step(f"enough({goal.name}): {whole}", "meter", (whole,), found, grounds, said)


def in_later_runs(world: World, taken: Iterable[Step]) -> Iterator[Step]:
    """meter: what steered a run of a task steers each run after it, as long as it is there -> recurring(session, task).
    That, and what is lost of r by one run -> rereading(operation, r), for a share of the time: that of runs.

    Fates are those of the first run. What comes with the runs is counted on average, at the pace that the operation has
    in them times the share of time in which one is under way; where runs overlap it has that pace all the time.
    """
    steps = list(taken)
    counted: dict[Fact, list[Step]] = {}
    for step in steps:
        if step.rule == "meter" and any(each.fact.kind == "reading" for each in step.conclusions):
            counted.setdefault(step.premises[0], []).append(step)
    pipes: dict[Fact, float] = {}
    for steer in steps if counted else ():
        for won in steer.conclusions if steer.rule == "steer" else ():
            if won.fact.kind == STEERS and won.fact in counted:
                recurs = Fact("recurring", won.fact.subject, steer.grounds[0].names[0])
                share = min(1.0, _mean(won.after) / max(steer.wait.mean, 1e-9))
                yield _recurring(steer, recurs)
                for step in counted[won.fact]:
                    for made in _reread(step, recurs, share, steer.key):
                        yield made
                        read = made.conclusions[0].fact
                        operation = world.model.operation(of_runs(read.subject)[0])
                        pipes[read] = (operation.throughput or 0.0) * share
    if pipes:
        yield from _enough(world, pipes)


def in_runs(operation: str, share: float, task: str) -> str:
    """How facts call `operation` where it reads in the runs of `task`, for a `share` of the time.

    >>> of_runs(in_runs("crm.search", 0.25, "answer in time"))
    ('crm.search', 0.25)
    """
    return f"{share:.12g} {len(operation)} {operation} in {task}"


def of_runs(name: str) -> tuple[str, float]:
    """The operation and the share that `in_runs` has put into `name`."""
    share, length, rest = name.split(" ", 2)
    return rest[: int(length)], float(share)


def _mean(life: float | Distribution | None) -> float:
    return life.mean if isinstance(life, Distribution) else life or 0.0


def _recurring(steer: Step, recurs: Fact) -> Step:
    """From the third run on: a replay takes the first, and the next, because the first has done something new."""
    return steer._replace(
        key=f"{steer.key} run after run",
        rule="meter",
        fate=steer.fate or steer.key,
        conclusions=(Conclusion(recurs),),
        label=f"{steer.label}, run after run",
        wait=InTurn(steer.wait, steer.wait),
        again=False,
        alert=0.0,
        logged=False,
    )


def _reread(step: Step, recurs: Fact, share: float, steered: str) -> Iterator[Step]:
    """What `step` reads in each of the runs, a step for each thing: it is out once the first of it was."""
    using = [each.fact for each in step.conclusions if each.fact.kind == "using"]
    for read in (each.fact for each in step.conclusions if each.fact.kind == "reading"):
        named = in_runs(read.subject, share, recurs.object)
        concluded = [concludes("rereading", named, read.object), *(concludes("reusing", named) for _ in using)]
        yield step._replace(
            key=f"{step.key}, {read.object} run after run of {steered}",
            fate=step.fate or step.key,
            premises=(recurs, *step.premises[1:], Fact("lost", read.object, "confidentiality")),
            conclusions=tuple(concluded),
            label=f"{step.label}, run after run",
            approval=AT_ONCE,
        )


def enough(resource: str, records: float) -> Fact:
    """The fact that so many `records` of `resource` were read."""
    return Fact("enough", resource, f"{records:g}")


def otherwise(world: World, taken: Iterable[Step]) -> Iterator[Step]:
    """What is got at in another way than by reading it is out as a whole: a step beside each of the steps `taken`."""
    if not metered(world):
        return
    resources, steps = world.model.resources, list(taken)
    yield from in_later_runs(world, steps)
    for step in steps:
        lost = [each.fact.subject for each in step.conclusions if _is_had(each.fact)]
        whole = [name for name in lost if resources[name].records]
        if whole and step.rule not in COUNTED:
            conclusions = tuple(concludes("whole", name) for name in whole)
            beside = step._replace(key=f"{step.key} counted", rule="meter", fate=step.fate or step.key)
            yield beside._replace(conclusions=conclusions, alert=0.0, logged=False)
