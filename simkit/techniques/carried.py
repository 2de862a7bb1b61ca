"""What a session claims of itself, where a trust edge asks for that: OIDC federation by branch, an external id, MFA."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Fact
from simkit.model import Task, TrustEdge
from simkit.model.claims import Claims, joined, meets
from simkit.policies import Session, Token
from simkit.techniques.world import ASKS, World


def claimed(session: str, edge: TrustEdge) -> Fact:
    """The fact that what `session` claims meets what `edge` asks for."""
    return Fact("claimed", session, edge.name)


def by_token(world: World, token: Token, session: str) -> Iterator[Fact]:
    """What `session` claims that was opened with `token`: a token that was issued to one task says what its runs do."""
    if not world.asking:
        return
    credential = world.model.credentials.get(token.credential)
    if credential is not None:
        task = (
            world.model.tasks.get((token.beside or token.name).rpartition(f"{token.credential}@")[2])
            if token.rate
            else None
        )
        carried = joined(credential.claims, task.claims if task else ())
        yield from _met(world, world.all_sessions[session].session, carried)


def by_run(world: World, session: str, *tasks: Task) -> Iterator[Fact]:
    """What `session` claims in a run of one of `tasks`, whichever it is."""
    if world.asking:
        found = (fact for task in tasks for fact in _met(world, world.all_sessions[session].session, task.claims))
        yield from dict.fromkeys(found)


def claims_for(world: World, session: Session, mode: str, edge: TrustEdge) -> tuple[Fact, ...] | None:
    """The fact that `session` carries what `edge` asks for, had in `mode`; of one that is only asked something any of
    its tasks may carry it. None where it never does."""
    if not edge.claims:
        return ()
    if mode != ASKS:
        return (claimed(session.name, edge),)
    tasks = (world.model.tasks[name] for name in session.tasks)
    return () if any(meets(task.claims, edge.claims) for task in tasks) else None


def _met(world: World, session: Session, carried: Claims) -> Iterator[Fact]:
    for identity in session.identities:
        for edge in world.asking.get(identity, ()):
            if meets(carried, edge.claims):
                yield claimed(session.name, edge)
