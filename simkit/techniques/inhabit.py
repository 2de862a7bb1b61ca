"""Code in a runtime takes what lies there."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Cause, Conclusion, Step
from simkit.model import Identity
from simkit.policies import Session, Token
from simkit.techniques.world import World, concludes, holds, next_run, runs_in


def steps(world: World) -> Iterator[Step]:
    """inhabit: runs_in(j) -> replays(every session of j), holds(credentials in its runtime); what a task brings comes
    when the task next runs."""
    own: dict[str, list[str]] = {}
    for credential in world.model.credentials.values():
        own.setdefault(credential.identity, []).append(credential.name)
    for identity in world.model.identities.values():
        for session in world.of_identity(identity.name):
            yield _session(world, identity, session)
        lying = dict.fromkeys((*own.get(identity.name, ()), *identity.runtime_holds))
        for token in world.tokens(lying):
            yield _token(world, identity, token)


def _session(world: World, identity: Identity, session: Session) -> Step:
    concluded = concludes("replays", session.name)
    return _inhabit(world, identity, f"session {session.name}", concluded, session.rate, "+".join(session.tasks))


def _token(world: World, identity: Identity, token: Token) -> Step:
    task = token.name.removeprefix(f"{token.credential}@")
    return _inhabit(world, identity, f"token {token.name}", holds(token), token.rate, task)


def _inhabit(world: World, identity: Identity, what: str, concluded: Conclusion, rate: float, task: str) -> Step:
    """One run of a task brings its session and all its tokens: these steps share their fate."""
    alert, delay = world.alert("inhabit", world.sessions.governing(identity.name))
    return Step(
        key=f"inhabit({identity.name}): {what}",
        fate=f"inhabit({identity.name}): run of {task}" if rate else "",
        rule="inhabit",
        premises=(runs_in(identity.name),),
        conclusions=(concluded,),
        cause=Cause("flow", (identity.name,)),
        label=f"take {what} from the runtime of {identity.name}",
        wait=next_run(rate),
        alert=alert,
        alert_delay=delay,
    )
