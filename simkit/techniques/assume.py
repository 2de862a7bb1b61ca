"""One session becomes another: assumed roles, delegation, federation, spawned and invoked agents."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Conclusion, Step
from simkit.distributions import Fixed
from simkit.model import TrustEdge
from simkit.policies import Session
from simkit.techniques.act import Act, acts, step_of
from simkit.techniques.carried import by_run, claimed
from simkit.techniques.grounds import trust
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.runs import TaskRuns
from simkit.techniques.sealed import runtime_in
from simkit.techniques.survival import along
from simkit.techniques.use import ways
from simkit.techniques.world import ERRS, REPLAYS, STEERS, World, had_inside, has, opened

ASSUMED_TTL = 3600.0
"""Seconds that a session opened by an `assume` operation lives: the default of AWS AssumeRole."""
HANDED_OVER = Fixed(1.0)
"""How long it takes to become another along a trust edge."""
RULES = (
    Rule(
        "invoke",
        Relevance((), ("AML.T0051.001",), ("ASI07", "ASI08"), ()),
        event="action",
        logged="call",
        persuades=True,
    ),
    Rule(
        "assume",
        Relevance(("T1548.005", "T1199"), (), ("ASI03",), ("NHI5:2025",)),
        event="identity",
        logged="switch",
    ),
)
RULE_OF = {rule.name: rule for rule in RULES}


def steps(world: World) -> Iterator[Step]:
    """assume: replays(s) or steers(s), a trust edge or an `assume` entitlement -> the same mode on the target's
    sessions. invoke: -> steers the invoked agent's sessions at once, with the chance of its susceptibility."""
    runs = TaskRuns.of(world)
    for act in acts(world, RULE_OF):
        for mode in act.judged.ways:
            yield from _by_operation(runs, act, mode)
    for name, followed in world.edges.items():
        session = world.all_sessions[name].session
        for edge, targets in followed:
            parts = tuple(part for target in targets for part in world.runs_of(target))
            for mode in world.modes_of(name):
                yield from _by_trust(runs, session, mode, edge, parts if edge.kind == "invoke" else targets)


def _by_operation(runs: TaskRuns, act: Act, mode: str) -> Iterator[Step]:
    """The operation is performed and the target assumed; an invoked agent has its own chance to fall for it. Both
    steps share one fate, so that the second is a part of the first and their alerts are one."""
    effect, target = act.deed.operation.effect, act.deed.grant[1]
    key, performed = act.key(mode), act.concluded(mode)
    edge = TrustEdge(act.actor.who, target, effect, ttl=ASSUMED_TTL)
    concluded = tuple(each for name in _opened(act) for each in _became(runs, name, mode, edge))
    for way in act.judged.ways[mode]:
        if effect == "assume":
            yield step_of(act, way, key, performed + concluded)
            continue
        yield step_of(act, way, key, performed)
        if concluded:
            chance = way.chance * _susceptible(act.actor.world, target)
            made = step_of(act, way._replace(chance=chance), f"{key} -> {target}", concluded)
            yield made._replace(again=any(each.run for each in concluded))


def _opened(act: Act) -> tuple[str, ...]:
    """The sessions that the operation leads to: attenuated ones, if the policy says so."""
    world, target = act.actor.world, act.deed.grant[1]
    if not target:
        return ()
    own = world.sessions.by_identity[target]
    if act.deed.operation.effect == "invoke":
        return tuple(part for name in own for part in world.runs_of(name))
    return world.assumed.get((world.whole(act.session), target), own)


def _became(runs: TaskRuns, session: str, mode: str, edge: TrustEdge) -> tuple[Conclusion, ...]:
    """What becomes of being handed on: an invoked agent runs its task; a stolen session opens one of its own, and a
    steered one is another only as long as it runs itself."""
    if edge.kind == "invoke":
        tasks = [runs.world.model.tasks[name] for name in runs.world.all_sessions[session].session.tasks]
        facts = (has(ERRS if mode == ERRS else STEERS, session), *by_run(runs.world, session, *tasks))
        return tuple(runs.invoked(fact, session) for fact in facts)
    if inside := runtime_in(mode):
        return tuple(map(Conclusion, had_inside(runs.world, inside, session)))
    if mode != REPLAYS:
        return (Conclusion(has(mode, session)),)
    return opened(runs.world, session, along(edge))


def _susceptible(world: World, identity: str) -> float:
    return world.model.identities[identity].susceptibility


def _by_trust(runs: TaskRuns, session: Session, mode: str, edge: TrustEdge, targets: tuple[str, ...]) -> Iterator[Step]:
    # A federated role believes what the job next door says it is: from a CI token to AWS administrator in three days
    # (UNC6426, 2025).
    world, effect = runs.world, "invoke" if edge.kind == "invoke" else "assume"
    alert = world.alert(RULE_OF[effect], session.policy)
    chance = _susceptible(world, edge.target) if effect == "invoke" else 1.0
    where = world.model.identities[edge.target].environment
    asked = (claimed(session.name, edge),) if edge.claims else ()
    conditions = frozenset({frozenset(edge.conditions)})
    for target in targets:
        concluded = _became(runs, target, mode, edge)
        for way in ways(world, session, mode, effect, where, conditions=conditions):
            yield Step(
                key=f"{mode}({session.name}): {edge.name} as {target}{way.name}",
                fate=f"{edge.name}",
                rule=effect,
                premises=(*way.premises, *asked),
                conclusions=concluded,
                grounds=(trust(edge),),
                label=f"{edge.kind} {edge.target}",
                chance=chance * way.chance,
                duration=HANDED_OVER,
                approval=way.approval,
                alert=alert.chance,
                alert_delay=alert.delay,
                logged=alert.logged,
                again=concluded[0].run,
            )
