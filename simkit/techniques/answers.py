"""Whom one may ask: an agent that is invoked answers, and so do those whom it asks in turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from simkit.techniques.world import World

MOST_ASKED = 50_000
"""Pairs of who asks and who answers that are followed to their end. Beyond, what a steered session is told by those
whom its helpers ask in turn is left out; whoever has a token still has it."""


def first_asked(world: World) -> dict[str, tuple[str, ...]]:
    """For each session that may invoke others those that answer it; who has nobody to ask is left out."""
    calling = {full for full, _, each in world.model.operations() if each.effect == "invoke" and each.answers}
    if not calling and not any(edge.kind == "invoke" and edge.answers for edge in world.model.trust):
        return {}
    found = {name: tuple(dict.fromkeys(_invoked(world, name, calling))) for name in world.all_sessions}
    return {name: answering for name, answering in found.items() if answering}


def asked(world: World, callers: Mapping[str, tuple[str, ...]], steered: Iterable[str]) -> dict[str, dict[str, None]]:
    """For each of the `steered` callers, and for whoever has a token of any (empty), all that answer in the end."""
    turned = {full for full, _, each in world.model.operations() if each.effect == "assume"}
    onward: dict[str, tuple[str, ...]] = {}
    found = {"": _closure(world, chain.from_iterable(callers.values()), callers, turned, onward)}
    pairs = 0
    for name in steered:
        far = pairs < MOST_ASKED
        found[name] = _closure(world, callers[name], callers if far else {}, turned if far else None, onward)
        found[name].pop(name, None)
        pairs += len(found[name])
    return found


def told(world: World, seen: Iterable[str]) -> Iterator[str]:
    """What of `seen` an answer may hold: not what exists only in the runs of somebody else's task."""
    return (name for name in seen if name in world.model.resources and name not in world.contexts.all)


def _closure(
    world: World,
    first: Iterable[str],
    callers: Mapping[str, tuple[str, ...]],
    turned: set[str] | None,
    onward: dict[str, tuple[str, ...]],
) -> dict[str, None]:
    """Those of `first`, and whom they ask or become for it."""
    found = dict.fromkeys(first)
    waiting = list(found) if turned is not None else []
    while waiting:
        name = waiting.pop()
        if name not in onward:
            onward[name] = (*callers.get(name, ()), *_becomes(world, name, turned or set()))
        new = [other for other in onward[name] if other not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return found


def _invoked(world: World, name: str, calling: set[str]) -> Iterator[str]:
    for edge, targets in world.edges.get(name, ()):
        if edge.kind == "invoke" and edge.answers:
            yield from (part for target in targets for part in world.runs_of(target))
    if calling:
        for (operation, target), _, _ in world.grants(world.all_sessions[name].session):
            if target and operation in calling:
                yield from (part for each in world.sessions.by_identity[target] for part in world.runs_of(each))


def _becomes(world: World, name: str, turned: set[str]) -> Iterator[str]:
    """Whom a session may become to find the answer."""
    for edge, targets in world.edges.get(name, ()):
        if edge.kind != "invoke":
            yield from targets
    if turned:
        for (operation, target), _, _ in world.grants(world.all_sessions[name].session):
            if target and operation in turned:
                yield from world.assumed.get((world.whole(name), target), world.sessions.by_identity[target])
