"""Runtimes without a network: whose code may have which session, and which tools it finds there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simkit.attackgraph import Fact
from simkit.entitlements import tools_of
from simkit.model import Model
from simkit.policies import Session, Sessions, Token
from simkit.techniques.tool_sessions import ToolSession
from simkit.techniques.widen import Added

if TYPE_CHECKING:
    from simkit.techniques.lineage import Assumed, Followed, Reached

DRIVES = "drives"
"""How a session is had that code in a runtime without a network uses, through the tools that are there."""
IN = f"{DRIVES} in "


def driven_in(runtime: str) -> str:
    """The mode in which code in the runtime of the identity `runtime` has sessions."""
    return f"{IN}{runtime}"


def runtime_in(mode: str) -> str:
    """The identity in whose runtime the code is that has a session in `mode`; empty for another mode."""
    return mode.removeprefix(IN) if mode.startswith(IN) else ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The identities whose runtimes have no network. `tools` are for each those of its runtime, with the facts behind
    which they are there; `modes` are for each session those in which code in such runtimes may have it."""

    identities: frozenset[str] = frozenset()
    tools: Mapping[str, Mapping[str, tuple[tuple[Fact, ...], ...]]] = field(default_factory=dict)
    modes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    used: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The tools that each session uses."""

    def home(self, identity: str) -> str:
        """`identity`, if its runtime has no network, else empty."""
        return identity if identity in self.identities else ""

    def homes(self, session: Session, mode: str) -> Iterator[str]:
        """The runtimes without a network in which it is known what `session` does, had in `mode`: that of the code
        which has it, or of the agent itself."""
        own = runtime_in(mode)
        yield from (own,) if own else (name for name in session.identities if name in self.identities)

    def fits(self, session: str, model: Model) -> frozenset[str]:
        """The tools by which a secret found in a runtime opens `session` from there: those that it uses itself, and of
        general purpose."""
        return self.used.get(session, frozenset()) | {
            name for name, tool in model.tools.items() if tool.general_purpose
        }

    def opens(self, runtime: str, session: str, model: Model) -> tuple[tuple[Fact, ...], ...]:
        """The facts behind which code in `runtime` has a tool that fits `session`: none at all, if one simply is there;
        no way, if there is no such tool."""
        there = self.tools.get(runtime, {})
        ways = dict.fromkeys(way for tool in sorted(self.fits(session, model)) for way in there.get(tool, ()))
        return ((),) if () in ways else tuple(ways)


def sealed_runtimes(
    sessions: Sessions,
    found: Mapping[str, Reached],
    edges: Followed,
    assumed: Assumed,
    added: Mapping[str, Added],
    parts: Mapping[str, tuple[ToolSession, ...]],
    tokens: Iterable[Token],
) -> Sealed:
    """What is to know about the runtimes without a network, where there are any; `found` are all sessions."""
    model = sessions.model
    closed = frozenset(name for name, identity in model.identities.items() if identity.egress == "none")
    if not closed:
        return Sealed()
    tools = {name: _tools(sessions, name, added) for name in sorted(closed)}
    used = {name: frozenset(_used(reached, added)) for name, reached in found.items()}
    known = Sealed(closed, tools, used=used)
    onward: dict[str, set[str]] = {}
    for name, followed in edges.items():
        onward.setdefault(name, set()).update(t for edge, targets in followed if edge.kind != "invoke" for t in targets)
    for (name, identity), targets in assumed.items():
        onward.setdefault(name, set()).update(targets or sessions.by_identity[identity])
    by_secret = {opened for token in tokens for opened in token.sessions} | set(_forged(sessions))
    modes: dict[str, tuple[str, ...]] = {}
    for runtime in sorted(closed):
        first = {*sessions.by_identity[runtime], *(n for n in by_secret if known.opens(runtime, n, model))}
        for name in sorted(_closure(first, onward)):
            for each in (name, *(part.name for part in parts.get(name, ()))):
                modes[each] = (*modes.get(each, ()), driven_in(runtime))
    return Sealed(closed, tools, modes, used)


def people(sessions: Sessions, identity: str) -> tuple[str, ...]:
    """Those whose entitlements code in the runtime of `identity` finds tools for: its own, and the users' on whose
    behalf it works."""
    behind = (name for each in sessions.by_identity[identity] for name in sessions.sessions[each].entitled_as)
    return tuple(dict.fromkeys((identity, *behind)))


def _tools(sessions: Sessions, identity: str, added: Mapping[str, Added]) -> dict[str, tuple[tuple[Fact, ...], ...]]:
    found: dict[str, dict[tuple[Fact, ...], None]] = {}
    for name in people(sessions, identity):
        for tool in tools_of(sessions.entitled[name]):
            found.setdefault(tool, {})[()] = None
        for facts, grants in added.get(name, {}).items():
            for tool in tools_of(grants):
                found.setdefault(tool, {})[facts] = None
    return {tool: tuple(ways) for tool, ways in found.items()}


def _used(reached: Reached, added: Mapping[str, Added]) -> Iterator[str]:
    yield from tools_of(reached.session.grants)
    for name in reached.session.entitled_as:
        for grants in added.get(name, {}).values():
            yield from tools_of(grants)


def _forged(sessions: Sessions) -> Iterator[str]:
    issuers = {key.identity for key in sessions.model.credentials.values() if key.use == "signing"}
    for edge in sessions.model.trust:
        if edge.kind == "federate" and edge.source in issuers:
            yield from sessions.by_identity[edge.target]


def _closure(first: set[str], onward: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(first), list(first)
    while waiting:
        new = onward.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
