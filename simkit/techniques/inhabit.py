"""Code in a runtime takes what lies there."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.model import Identity
from simkit.policies import Session, Token
from simkit.techniques.carried import by_run
from simkit.techniques.consequences import standing_tokens
from simkit.techniques.givers import runtime_of
from simkit.techniques.grounds import lies
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.runs import TaskRuns
from simkit.techniques.world import REPLAYS, Alert, World, had_inside, has, holds, kept_inside, next_run, runs_in

INHABIT = Rule(
    "inhabit",
    Relevance(("T1528", "T1552.005"), ("AML.T0055",), ("ASI03",), ("NHI9:2025",)),
    event="identity",
    because="it lies in the runtime of {0}, where the attacker runs code",
)
RULES = (INHABIT,)


def steps(world: World) -> Iterator[Step]:
    """inhabit: runs_in(j) -> replays(every session of j), holds(credentials in its runtime); what a task brings comes
    when the task next runs."""
    runs = TaskRuns.of(world)
    own: dict[str, list[str]] = {}
    for credential in world.model.credentials.values():
        own.setdefault(credential.identity, []).append(credential.name)
    # What a task uses is in its process while it runs: a token of minutes was taken in its own job (TanStack, 2026),
    # and a session behind two factors from the laptop that had it open (CircleCI, 2022).
    for identity in world.model.identities.values():
        alert = world.alert(INHABIT, world.sessions.governing(identity.name))
        for session in world.of_identity(identity.name):
            yield _session(runs, identity, session, alert)
            if not session.rate:
                yield from _claims(runs, identity, session, alert)
        yield from _overhear(world, identity, alert)
        for token in world.tokens(
            dict.fromkeys((*own.get(identity.name, ()), *world.model.keys_in_runtime(identity.name)))
        ):
            yield _token(world, identity, token, alert)


def _session(runs: TaskRuns, identity: Identity, session: Session, alert: Alert) -> Step:
    """The session of a task is there while the task runs; another one always."""
    sealed = runs.world.sealed.home(identity.name)
    parts = (part.name for part in runs.world.tool_sessions.get(session.name, ()))
    had = [has(REPLAYS, name) for name in (session.name, *parts)]
    if sealed:
        had = [*had_inside(runs.world, sealed, session.name)]
    what = f"session {session.name}"
    if not session.rate:
        return _inhabit(identity, what, tuple(map(Conclusion, had)), 0.0, "", alert)
    run = f"run of {'+'.join(session.tasks)}"
    tasks = [runs.world.model.tasks[name] for name in session.tasks]
    concluded = tuple(runs.run(fact, *tasks) for fact in (*had, *by_run(runs.world, session.name, *tasks)))
    return _inhabit(identity, what, concluded, session.rate / identity.count, run, alert)._replace(again=True)


def _claims(runs: TaskRuns, identity: Identity, session: Session, alert: Alert) -> Iterator[Step]:
    """A session that is always there claims what a run of its tasks does when that next comes."""
    for name in session.tasks:
        task = runs.world.model.tasks[name]
        concluded = tuple(runs.run(fact, task) for fact in by_run(runs.world, session.name, task))
        if concluded and task.identity == identity.name:
            made = _inhabit(identity, f"claims of {name}", concluded, task.rate, f"run of {name}", alert)
            yield made._replace(again=True)


def _overhear(world: World, identity: Identity, alert: Alert) -> Iterator[Step]:
    """What exists only in the runs of a task is there for code in the runtime when the task next runs."""
    for task in world.model.tasks.values() if world.contexts.all else ():
        if task.identity == identity.name:
            for name in sorted(world.contexts.of(world.model, task)):
                taken = (Conclusion(Fact("lost", name, "confidentiality")), *standing_tokens(world.held_in(name), name))
                taken = kept_inside(taken, world.sealed.home(identity.name))
                yield _inhabit(identity, f"{name} in {task.name}", taken, task.rate, f"run of {task.name}", alert)


def _token(world: World, identity: Identity, token: Token, alert: Alert) -> Step:
    """A runtime cannot work without its own credentials; those of others lie there, and could lie elsewhere."""
    run = f"run of {token.name.removeprefix(f'{token.credential}@')}" if token.rate else ""
    place = None if token.identity == identity.name else lies(token.credential, runtime_of(identity.name))
    rate = token.rate / world.model.identities[token.identity].count  # of those that are alike one works here
    found = kept_inside((holds(token, place),), world.sealed.home(identity.name))
    return _inhabit(identity, f"token {token.name}", found, rate, run, alert)


def _inhabit(
    identity: Identity, what: str, concluded: tuple[Conclusion, ...], rate: float, run: str, alert: Alert
) -> Step:
    """One run of a task brings its session and all its tokens: these steps share their fate."""
    return Step(
        key=f"inhabit({identity.name}): {what}",
        fate=f"inhabit({identity.name}): {run}" if run else "",
        rule="inhabit",
        premises=(runs_in(identity.name),),
        conclusions=concluded,
        grounds=(Ground("flow", (identity.name,)),),
        label=f"take {what} from the runtime of {identity.name}",
        wait=next_run(rate),
        alert=alert.chance,
        alert_delay=alert.delay,
        logged=alert.logged,
    )
