"""What the record says about sessions and tokens: who has them, what they may do, and through which role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from simkit.attackgraph import Fact
from simkit.entitlements import Grant
from simkit.model import Model, Response
from simkit.policies import ApprovalRules, Session, Sessions
from simkit.techniques import World

MODES = ("replays", "steers", "errs", "drives")
"""The kinds of facts that say that the attack has a session."""


@dataclass(frozen=True, slots=True)
class Views:
    """Sessions by name, with what each gains once a fact widens it; identities by name. All may be empty."""

    model: Model | None = None
    cut: Sessions | None = None
    response: Response = field(default_factory=Response)
    approvals: ApprovalRules | None = None
    sessions: Mapping[str, Session] = field(default_factory=dict)
    gained: Mapping[str, Mapping[tuple[Fact, ...], Iterable[Grant]]] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()

    @classmethod
    def of(cls, world: World) -> Views:
        """The views of a compiled world."""
        sessions = {name: reached.session for name, reached in world.all_sessions.items()}
        return cls(
            model=world.model,
            cut=world.sessions,
            response=world.response,
            approvals=world.approvals,
            sessions=sessions,
            gained=world.gained,
            fresh=frozenset(token.name for token in world.tokens(world.model.credentials) if token.rate),
        )

    def identities(self, session: str) -> tuple[str, ...]:
        """Whose session it is: a whole tier shares one under `scope: all`. An unknown session is its own."""
        return self.sessions[session].identities if session in self.sessions else (session,)

    def kind(self, identity: str) -> str:
        """The kind of `identity`; empty where it is unknown."""
        return self.model.identities[identity].kind if self.model and identity in self.model.identities else ""

    def policy(self, session: str) -> str:
        """The grant policy that governs `session`."""
        return self.sessions[session].policy.name if session in self.sessions else ""

    def privileges(self, session: str, held: Iterable[Fact]) -> list[str]:
        """What `session` may do while the facts `held` hold."""
        if session not in self.sessions:
            return []
        grants = dict.fromkeys(self.sessions[session].grants)
        for facts, added in self.gained.get(session, {}).items():
            if set(facts) <= set(held):
                grants.update(dict.fromkeys(added))
        return [written(grant) for grant in sorted(grants)]

    def widened_by(self, fact: Fact) -> list[str]:
        """The sessions that gain something once `fact` holds."""
        return sorted(name for name, gains in self.gained.items() if any(fact in facts for facts in gains))

    def through(self, identity: str, grant: Grant) -> list[str]:
        """What allows `identity` the `grant`: its roles, an entitlement of its own; empty where nothing does."""
        if not self.model or not self.cut or identity not in self.model.identities:
            return []
        resolver, who = self.cut.resolver, self.model.identities[identity]
        roles = {f"role {name}": self.model.roles[name].entitlements for name in who.roles}
        given = {**roles, "an entitlement of its own": who.entitlements}
        return [name for name, each in given.items() if resolver.cover(grant, resolver.entitled(each)) is not None]


def written(grant: Grant) -> str:
    """A grant as people write it.

    >>> written(("crm.read", "cases")), written(("shell.run", ""))
    ('crm.read(cases)', 'shell.run')
    """
    operation, target = grant
    return f"{operation}({target})" if target else operation
