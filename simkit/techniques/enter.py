"""How each attack starts: a leak, poisoned content, a compromised runtime, an agent's own mistake."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from simkit.attackgraph import Conclusion, Entry, Fact, Ground, Step, Variant
from simkit.distributions import Fixed
from simkit.model import EntryPoint
from simkit.policies import Session, Token
from simkit.techniques.carried import by_run
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.world import ERRS, World, answers_of, found, has, input_of, runs_in

RULES = (
    Rule(
        "leak",
        Relevance(("T1552.001", "T1528"), ("AML.T0055", "AML.T0083"), ("ASI03",), ("NHI2:2025", "NHI7:2025")),
        event="entry",
    ),
    Rule("poison", Relevance((), ("AML.T0051.001", "AML.T0080"), ("ASI01", "ASI06"), ()), event="entry"),
    Rule("compromise", Relevance(("T1078.004",), ("AML.T0012",), ("ASI03",), ("NHI3:2025",)), event="entry"),
    Rule("mistake", Relevance((), (), ("ASI02", "ASI10"), ("NHI5:2025", "NHI8:2025")), event="entry"),
)
RULE_OF = {rule.name: rule for rule in RULES}


def entries(world: World) -> Iterator[Entry]:
    """The entries of the graph, with a variant for each session that a leaked token may belong to."""
    for entry in world.entries.values():
        variants = sorted(VARIANTS[entry.kind](world, entry), key=lambda variant: variant.name)
        yield Entry(entry.name, tuple(variants))


def steps(world: World) -> Iterator[Step]:
    """obtain: exposed(token) -> holds(token), after the entry point's delay: detection may win that race."""
    for entry in world.entries.values():
        if entry.kind == "leak" and entry.delay != Fixed(0.0):
            for token in world.tokens([entry.target]):
                yield Step(
                    key=f"obtain({token.name}) in {entry.name}",
                    fate=f"obtain({token.credential})",
                    rule="leak",
                    premises=(_exposed(entry, token.name),),
                    conclusions=(Conclusion(Fact("holds", token.name)),),
                    grounds=(Ground("entry", (entry.name,)),),
                    label=f"find {token.name}",
                    duration=entry.delay,
                    logged=True,
                )


def _leak(world: World, entry: EntryPoint) -> Iterator[Variant]:
    # One leak is one token: of tj-actions (2025) one maintainer's token was out, not whatever he could have had. Its
    # refresh token lies beside it.
    tokens = [token for token in world.tokens([entry.target]) if not token.beside]
    beside: dict[str, list[Token]] = {}
    for token in world.tokens([entry.target]):
        beside.setdefault(token.beside, []).append(token)
    for token in tokens:
        together = (token, *beside.get(token.name, ()))
        concluded = tuple(found(each, _leaked(entry, each)) for each in together)
        yield Variant(token.name, token.share, (_first(world, entry, token.name, concluded, label(token)),))
    if not tokens:  # no session stands behind the credential: it leaks, and opens nothing
        concluded = (Conclusion(Fact("holds", entry.target), None),)
        yield Variant(entry.target, 1.0, (_first(world, entry, entry.target, concluded, f"leaked {entry.target}"),))


def label(token: Token) -> str:
    """How a path begins that starts with `token`."""
    return f"leaked {token.name}"


def _leaked(entry: EntryPoint, token: Token) -> Fact:
    return Fact("holds", token.name) if entry.delay == Fixed(0.0) else _exposed(entry, token.name)


def _exposed(entry: EntryPoint, token: str) -> Fact:
    return Fact("exposed", token, entry.name)


def _poison(world: World, entry: EntryPoint) -> Iterator[Variant]:
    # Whoever writes into what a task reads needs no access to the store: an issue's title did (Clinejection, 2026).
    if entry.operation:
        names: tuple[str, ...] = (answers_of(entry.operation),)
    elif entry.task:
        names = (input_of(world.model.tasks[entry.task]),)
    else:
        names = world.model.within(entry.target)
    concluded = tuple(Conclusion(Fact("tainted", name)) for name in names)
    yield Variant("", 1.0, (_first(world, entry, "", concluded, f"poisoned {names[0]}"),))


def _compromise(world: World, entry: EntryPoint) -> Iterator[Variant]:
    # A mail tool sent a copy of each mail to its author, from one release to the next (postmark-mcp, 2025).
    if entry.tool:
        runtime = world.model.tools[entry.tool].runs_as
        secrets = (Conclusion(runs_in(runtime), None),) if runtime else ()
        concluded = (Conclusion(Fact("tainted", answers_of(entry.tool))), *secrets)
    else:
        concluded = (Conclusion(runs_in(entry.target), None),)
    yield Variant("", 1.0, (_first(world, entry, "", concluded, f"compromised {entry.target or entry.tool}"),))


def _mistake(world: World, entry: EntryPoint) -> Iterator[Variant]:
    """The agent errs in one of its sessions, in proportion to rate x duration of their tasks."""
    # Nobody attacks: an agent drops a production database in the session of its own task (Replit, 2025).
    for session in _erring(world, entry):
        tasks = (world.model.tasks[name] for name in session.tasks)
        facts = (has(ERRS, session.name), *by_run(world, session.name, *tasks))
        concluded = tuple(Conclusion(fact, None) for fact in facts)
        step = _first(world, entry, session.name, concluded, f"{entry.target} errs in {session.name}")
        yield Variant(session.name, _busy(world, session), (step,))


def _erring(world: World, entry: EntryPoint) -> list[Session]:
    if entry.task:
        task = world.model.tasks[entry.task]
        session = world.sessions.serving(task)
        names = [world.contexts.of_task(world.model, session.name, task)] if session else []
    else:
        names = [part for session in world.of_identity(entry.target) for part in world.runs_of(session.name)]
    return [world.all_sessions[name].session for name in names]


def _busy(world: World, session: Session) -> float:
    tasks = [world.model.tasks[name] for name in session.tasks]
    return math.fsum(task.rate * task.duration.mean for task in tasks) or 1.0


def _start(entry: EntryPoint) -> str:
    return entry.target or entry.task or entry.tool or entry.operation


def _first(world: World, entry: EntryPoint, variant: str, concluded: tuple[Conclusion, ...], text: str) -> Step:
    alert = world.alert(RULE_OF[entry.kind], world.policy)
    hidden = entry.kind == "leak"
    return Step(
        key=f"{entry.kind}({variant or _start(entry)}) in {entry.name}",
        fate=f"{entry.kind}({_start(entry)})",
        rule=entry.kind,
        premises=(),
        conclusions=concluded,
        grounds=(Ground("entry", (entry.name,)),),
        label=text,
        duration=Fixed(0.0) if hidden else entry.delay,
        alert=alert.chance,
        alert_delay=alert.delay,
        logged=alert.logged,
    )


VARIANTS: Mapping[str, Callable[[World, EntryPoint], Iterator[Variant]]] = {
    "leak": _leak,
    "poison": _poison,
    "compromise": _compromise,
    "mistake": _mistake,
}
