"""Files that lie in a runtime: code there reads and writes them, whatever its identity is entitled to."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Ground, Step
from simkit.techniques.consequences import changed, found_in, shows, taken
from simkit.techniques.givers import file_named, runtime_of
from simkit.techniques.grounds import lies
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.world import World, concludes, holds, kept_inside, next_run, runs_in

OPEN_FILE = Rule(
    "open-file",
    Relevance(("T1005", "T1552.001"), (), ("ASI05",), ()),
    event="action",
    because="it lies as a file in the runtime of {0}, where the attacker runs code",
)
"""No log of an identity system links it to anything: a file system asks nobody who one is. A watched host may tell."""
RULES = (OPEN_FILE,)


def steps(world: World) -> Iterator[Step]:
    """open-file: runs_in(j), a file r in its runtime -> lost(r, confidentiality), holds(tokens in r); lost(r,
    integrity), tainted(r)."""
    for identity, file in files(world):
        for resource in world.model.within(file):
            if resource not in world.contexts.all:
                yield from _open(world, identity, file, resource)


def files(world: World) -> Iterator[tuple[str, str]]:
    """Each file with the identity in whose runtime it lies."""
    for identity in world.model.identities.values():
        if identity.runtime_holds:
            yield from ((identity.name, file) for file in world.model.files_in_runtime(identity.name))


def _open(world: World, identity: str, file: str, resource: str) -> Iterator[Step]:
    # A rule that kept an agent's file tools from `.env` left its shell free to read it (Claude Code #12143, 2025).
    key, inside = f"open-file({identity}): ", f" in {file}" if file != resource else ""
    alert, shown = world.alert(OPEN_FILE, world.sessions.governing(identity)), shows(world, (resource,))
    sealed = world.sealed.home(identity)
    plain = Step(
        key=f"{key}read {resource}{inside}",
        fate=f"{key}read {resource}",
        rule="open-file",
        premises=(runs_in(identity),),
        conclusions=kept_inside(taken(world, resource), sealed),
        grounds=lying_file(identity, file, resource),
        label=f"read {resource} in the runtime of {identity}",
        alert=alert.chance,
        alert_delay=alert.delay,
    )
    yield plain
    for token in world.held_in(resource):
        if token.rate:
            brought = kept_inside((holds(token, found_in(token, resource)),), sealed)
            key_to, fate_to = (f"{each} -> {token.name}" for each in (plain.key, plain.fate))
            yield plain._replace(key=key_to, fate=fate_to, conclusions=brought, wait=next_run(token.rate))
    likelier = shown if shown and shown.chance >= alert.chance else alert
    yield plain._replace(
        key=f"{key}write {resource}{inside}",
        fate=f"{key}write {resource}",
        conclusions=(*changed(resource), *((concludes("dropped", resource, sealed),) if sealed else ())),
        label=f"write {resource} in the runtime of {identity}",
        alert=likelier.chance,
        alert_delay=likelier.delay,
    )


def lying_file(identity: str, file: str, resource: str) -> tuple[Ground, ...]:
    """What it rests on that code in the runtime of `identity` has `resource`: that a file lies there which it is, or
    which contains it."""
    return (Ground("flow", (identity, resource)), lies(file_named(file), runtime_of(identity)))
