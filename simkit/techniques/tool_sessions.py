"""Sessions that are open at one tool, where that says how they behave when what opened them goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from simkit.entitlements import Conditions, Grant
from simkit.model import SessionTerms
from simkit.policies import Sessions

if TYPE_CHECKING:
    from simkit.techniques.lineage import Reached

PartKey = tuple[str, bool]
"""What parts a session: a tool, and whether what is done there streams."""


class ToolSession(NamedTuple):
    """The part of the session `whole` that is open at one tool, and does not behave as the rest: its name as a session,
    and what the tool says of it. What streams is a part of its own."""

    name: str
    whole: str
    tool: str
    stream: bool
    terms: SessionTerms | None


def part_key(sessions: Sessions, full_name: str) -> PartKey | None:
    """The part of a session that the operation `full_name` is used in; None for the session itself."""
    tool, operation = sessions.model.tool_of(full_name), sessions.model.operation(full_name)
    if tool.session is None and not (operation.stream and sessions.speaks_of_streams):
        return None
    return tool.name, operation.stream


def parted(sessions: Sessions, found: dict[str, Reached]) -> dict[str, tuple[ToolSession, ...]]:
    """The parts of each session in `found`, to which they are added."""
    keys = {name: key for name, _, _ in sessions.model.operations() if (key := part_key(sessions, name))}
    parts: dict[str, tuple[ToolSession, ...]] = {}
    for reached in list(found.values()) if keys else ():
        grants: dict[PartKey, dict[Grant, Conditions]] = {}
        for grant, conditions in reached.session.grants.items():
            if grant[0] in keys:
                grants.setdefault(keys[grant[0]], {})[grant] = conditions
        made = [_part(sessions, reached, key, kept) for key, kept in grants.items()]
        found |= {each.session.name: each for each in made}
        parts[reached.session.name] = tuple(each.part for each in made if each.part)
    return parts


def _part(sessions: Sessions, reached: Reached, key: PartKey, grants: Mapping[Grant, Conditions]) -> Reached:
    """What was cut from the grants of another session keeps that one's name at its end."""
    whole, (tool, stream) = reached.session, key
    tail = f" < {reached.source.name}" if reached.source else ""
    name = f"{whole.name.removesuffix(tail)} at {tool}{' (stream)' if stream else ''}{tail}"
    session = replace(whole, name=name, grants=grants, audience=(tool,))
    part = ToolSession(name, whole.name, tool, stream, sessions.model.tools[tool].session)
    return replace(reached, session=session, part=part)
