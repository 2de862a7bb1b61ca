"""The numbers that an estate is made from: each with its source, or marked as an assumption."""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from simkit.scenario import Assumption, Source

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shape:
    """A published number: its value, what it says, where, and how good the source is (grades as in a Scenario)."""

    value: float
    says: str
    url: str
    grade: str = "S"

    def source(self) -> Source:
        """The number as a scenario cites it."""
        return Source(self.url, self.grade, self.says)


_SPRAWL = "https://nhimg.org/community/nhi-best-practices/nonhuman-identity-sprawl-what-iam-teams-need-to-change-now/"
_MACHINES = "https://nhimg.org/articles/identity-sprawl-and-secret-exposure-are-widening-across-enterprise-nhis/"
_MCP = "https://nhimg.org/state-of-mcp-server-security-2025-5200-servers-credential-risks-and-an-open-source-fix"
_PERMISSIONS = (
    "https://techcommunity.microsoft.com/t5/microsoft-entra-blog/"
    "2023-state-of-cloud-permissions-risks-report-now-published/ba-p/1061397"
)

SHAPES: Mapping[str, Shape] = {
    "machines_a_human": Shape(144, "144 machine identities for each human, first half of 2025", _SPRAWL),
    "over_privileged": Shape(0.97, "97 % of machine identities have more privilege than they need", _SPRAWL),
    "not_rotated": Shape(0.71, "71 % of machine credentials are not rotated in time", _SPRAWL),
    "administrators": Shape(0.055, "5.5 % of machine identities on AWS are administrators", _MACHINES),
    "least_used": Shape(0.01, "identities use 1 % of the permissions that they are granted", _PERMISSIONS, "P"),
    "most_used": Shape(0.05, "workload identities use less than 5 % of what they are granted", _PERMISSIONS, "P"),
    "most_used_by_administrators": Shape(0.02, "super identities use less than 2 %", _PERMISSIONS, "P"),
    "inactive": Shape(0.80, "80 % of workload identities are inactive", _PERMISSIONS, "P"),
    "tools_with_credentials": Shape(0.88, "88 % of 5,205 MCP servers need credentials", _MCP),
    "static_keys": Shape(0.53, "53 % of MCP servers take a static key or personal access token", _MCP),
    "oauth": Shape(0.085, "8.5 % of MCP servers use OAuth", _MCP),
    "in_the_environment": Shape(0.79, "79 % of MCP servers take their credential from environment variables", _MCP),
}
"""Every number with a source."""

KINDS: Mapping[str, int] = {"agent": 5, "service": 6, "workload": 6, "pipeline": 2, "model": 1}
"""Of 20 machine identities so many are of each kind. Our assumption."""
SUSCEPTIBILITY = 0.5
"""The chance that a poisoned input steers an agent. Our assumption: published rates go from 0.1 to 0.9."""

ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption("identities.kind", "no source splits machine identities: 25 % agents, 30 % services, 30 % workloads"),
    Assumption("identities.susceptibility", "published rates of prompt injection differ too much: 0.5"),
    Assumption(
        "identities.roles", "how far roles reach over teams is not published: up to 3 other teams, 8 for admins"
    ),
    Assumption("identities, small estates", "under 145 identities there is one human, so fewer than 144 machines each"),
    Assumption("resources", "9 stores a team, an inbox that outsiders write to, a vault and a backup"),
    Assumption("resources.value", "a heavy tail (Pareto, shape 1.2), in units of the least valuable store"),
    Assumption("resources.holds", "each vault holds a credential of another team, so that teams hang together"),
    Assumption("credentials.ttl", "90 d for keys and certificates, 1 h for OAuth, 12 h for a person's session"),
    Assumption("credentials.effective_ttl", "not rotated in time is read as never rotated"),
    Assumption("tools", "the shares of MCP servers are taken for all tools and for all machine credentials"),
    Assumption("trust", "one edge for each agent, pipeline and human; none attenuates"),
    Assumption("tasks", "rates from 1 to 300 a day and durations from 30 s to 30 min, uniform in their logarithm"),
    Assumption("tasks.needs", "the share of permissions used is read as that of grants needed, by active identities"),
    Assumption("tools.runs_as", "what others need through a tool comes on top of that share for the service behind it"),
    Assumption("response.detection", "one event in 20 raises an alert, after 14 days on average"),
)


@dataclass(slots=True)
class Deck(Generic[T]):
    """Cards dealt in random order, all of them before any comes again: shares are exact, not only on average."""

    chance: random.Random
    cards: tuple[T, ...]
    left: list[T]

    @classmethod
    def of(cls, chance: random.Random, cards: Mapping[T, int]) -> Deck[T]:
        """A deck with so many of each card."""
        return cls(chance, tuple(card for card, count in cards.items() for _ in range(count)), [])

    @classmethod
    def yes_or_no(cls, chance: random.Random, share: float) -> Deck[bool]:
        """A deck that says yes with `share`, to a thousandth."""
        yes = round(1000 * share)
        return Deck.of(chance, {True: yes, False: 1000 - yes}).reduced()

    def reduced(self) -> Deck[T]:
        """The smallest deck with the same shares."""
        counts = [self.cards.count(card) for card in dict.fromkeys(self.cards)]
        step = next(n for n in range(min(counts), 0, -1) if all(count % n == 0 for count in counts))
        cards = {card: self.cards.count(card) // step for card in dict.fromkeys(self.cards)}
        return Deck.of(self.chance, cards)

    def deal(self) -> T:
        """The next card."""
        if not self.left:
            self.left = self.chance.sample(self.cards, len(self.cards))
        return self.left.pop()
