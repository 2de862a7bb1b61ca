"""What can be done with one operation on one target, whoever does it: made once for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from simkit.attackgraph import Conclusion, Ground
from simkit.entitlements import Grant
from simkit.model import Detection, Operation
from simkit.policies import Token
from simkit.techniques.consequences import CONCLUDES, found_in, nothing_more, shows, taken
from simkit.techniques.lift import concluded
from simkit.techniques.world import World, concludes

CHANGES = frozenset({"write", "delete"})
"""Effects that change their target."""
NOTHING: frozenset[str] = frozenset()
Kind = tuple[str, str, tuple[str, ...], str]
"""What a deed is judged by: its effect, the environment of its target, the approvals that people are asked for, and the
rule by which they are."""


class Deed(NamedTuple):
    """One operation on one target: all that does not depend on who performs it, so that it is made once for everybody.

    `within` is the target and all that it contains but what is `spared`, which is here as words. `concluded` follows
    whoever does it, `replayed` where it is done off host: that, and all that is taken. `late` are the tokens that a
    reader collects when their tasks next run, each with where it lies. `outbound` is True if outsiders can read what is
    sent there. `shown` is how whoever looks on notices it.
    """

    grant: Grant
    operation: Operation
    name: str
    label: str
    kind: Kind
    within: tuple[str, ...]
    spared: str
    concluded: tuple[Conclusion, ...]
    replayed: tuple[Conclusion, ...]
    late: tuple[tuple[Token, Ground | None], ...]
    outbound: bool
    shown: Detection | None

    @classmethod
    def of(cls, world: World, grant: Grant, spared: frozenset[str] = NOTHING) -> Deed:
        """The deed that `grant` allows, which leaves alone what is `spared`."""
        (full_name, target), rules = grant, world.approvals
        operation = world.model.operation(full_name)
        where = world.model.targets_of(operation)[target] if target else None
        within = world.model.within(target) if target in world.model.resources else ()
        within = tuple(name for name in within if name not in spared) if spared else within
        read = _off_host(world, within) if operation.effect == "read" else ()
        follows = _performed(world, grant, within) + CONCLUDES.get(operation.effect, nothing_more)(target, within)
        if operation.effect == "lift":
            follows += concluded(world.model, world.lifted, grant)
        return cls(
            grant=grant,
            operation=operation,
            name=f"{full_name}({target})",
            label=f"{full_name} {target}".strip(),
            kind=(operation.effect, world.environment(target, where), (), rules.rule(full_name) if rules else ""),
            within=within,
            spared=f" but {' and '.join(sorted(spared))}" if spared else "",
            concluded=follows,
            replayed=(*follows, *chain.from_iterable([taken(world, resource) for resource in read])),
            late=tuple(_late(world, read)),
            outbound=_is_outbound(world, operation.effect, target, within),
            shown=_shown(world, operation, within),
        )


def _off_host(world: World, within: tuple[str, ...]) -> tuple[str, ...]:
    """What somebody with a token can read of `within`: contexts are inside of runs only."""
    hidden = world.contexts.all
    return tuple(name for name in within if name not in hidden) if hidden else within


def _late(world: World, read: tuple[str, ...]) -> Iterator[tuple[Token, Ground | None]]:
    """The tokens that tasks bring to what is `read`: one that lies in two places is the same, from either of them."""
    places: dict[Token, list[str]] = {}
    for resource in read:
        for token in world.held_in(resource):
            if token.rate:
                places.setdefault(token, []).append(resource)
    yield from ((token, found_in(token, *resources)) for token, resources in places.items())


def _performed(world: World, grant: Grant, within: tuple[str, ...]) -> tuple[Conclusion, ...]:
    """The conclusions that the operation was performed: on its target, on what the target contains and on any at all,
    where a goal asks for these."""
    full_name, target = grant
    if not world.asked:
        return (concludes("performed", full_name, target),)
    asked = [name for name in ("", *within) if (full_name, name) in world.asked]
    return tuple([concludes("performed", full_name, name) for name in dict.fromkeys([target, *asked])])


def _is_outbound(world: World, effect: str, target: str, within: tuple[str, ...]) -> bool:
    """What outsiders can read is a way out; so is to send to nowhere in particular."""
    if effect not in ("write", "send"):
        return False
    sink = any(world.model.resources[resource].is_sink for resource in within)
    return sink or (effect == "send" and not target)


def _shown(world: World, operation: Operation, within: tuple[str, ...]) -> Detection | None:
    """How it shows by itself that `operation` was performed, or that something in `within` was changed by it: the
    likeliest of these."""
    return shows(world, within if operation.effect in CHANGES else (), operation.shows_itself)
