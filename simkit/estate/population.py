"""Who is in the estate: identities are added, one by one, until the attack graph has the size asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from simkit.estate.shapes import KINDS, SHAPES, Deck

STEPS_A_TEAM = 2500
STORES = 9
FEWEST_STORES = 5
MORE_TEAMS = {0: 3, 1: 4, 2: 2, 3: 1}
"""How many of ten over-privileged identities have roles in so many other teams. Our assumption."""
TEAMS_OF_AN_ADMINISTRATOR = 8
DATA, REST = 4, 3
"""Operations of a data tool, each on every store; and grants on the inbox, the mail and the vault."""
DIGITS = 4
"""Team numbers are written with so many digits, so that names sort."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How many teams there are, and stores in each."""

    teams: int
    stores: int

    @classmethod
    def of(cls, size: int) -> Extent:
        """The extent of an estate of `size` steps."""
        return cls(max(1, round(size / STEPS_A_TEAM)), min(STORES, max(FEWEST_STORES, size // 40)))

    @property
    def admin_grants(self) -> int:
        """What the administrator's role of one team grants."""
        return DATA * self.stores + REST

    @property
    def steps(self) -> int:
        """The steps that need nobody: a loss of availability for each resource, goals and entry points."""
        return self.teams * (self.stores + 3) + 4


@dataclass(frozen=True, slots=True)
class Member:
    """One identity: `teams` are those whose administrator's role it has, its own first; none for a narrow one.

    `used` says how many grants its tasks need; 0 for one that is inactive.
    """

    name: str
    kind: str
    team: int
    teams: tuple[int, ...] = ()
    used: int = 0

    def grants(self, extent: Extent) -> int:
        """How many grants it has: what its tasks need, or all that its roles give."""
        if self.kind == "human":
            return extent.stores + 2
        return len(self.teams) * extent.admin_grants if self.teams else self.used

    def steps(self, extent: Extent) -> int:
        """How many steps it adds to the graph of the policy `rbac`.

        Each grant is one step for a replayed and one for a steered session; what is seen may be carried out; then
        the token is redeemed, and the runtime gives up session and token.
        """
        seen = len(self.teams) * (extent.stores + 2) if self.teams else self.used // 2
        if self.kind == "human":
            seen = extent.stores + 1
        edges = 2 if self.kind in ("human", "agent", "pipeline") else 0
        reads = 1 if self.kind == "agent" else 0
        return 2 * self.grants(extent) + seen + 3 + edges + reads


def team_name(number: int) -> str:
    """The name of a team, which its resources, tools, roles and identities begin with.

    >>> team_name(7)
    't0007'
    """
    return f"t{number:0{DIGITS}}"


@dataclass(slots=True)
class Population:
    """People and machines in the published shares."""

    extent: Extent
    chance: random.Random
    kinds: Deck[str] = field(init=False)
    wide: Deck[bool] = field(init=False)
    administrator: Deck[bool] = field(init=False)
    inactive: Deck[bool] = field(init=False)
    others: Deck[int] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = Deck.of(self.chance, KINDS)
        self.wide = Deck.yes_or_no(self.chance, self._wide_share)
        self.administrator = Deck.yes_or_no(self.chance, SHAPES["administrators"].value)
        self.inactive = Deck.yes_or_no(self.chance, SHAPES["inactive"].value / self._wide_share)
        self.others = Deck.of(self.chance, MORE_TEAMS)

    @property
    def _wide_share(self) -> float:
        """Whoever has more than it needs may need nothing at all; the others are active."""
        return SHAPES["over_privileged"].value

    def members(self, size: int) -> list[Member]:
        """Everyone in an estate of about `size` steps: one human and one agent at least."""
        steps = self.extent.steps
        found: list[Member] = []
        for member in self._candidates():
            more = member.steps(self.extent)
            if len(found) > 1 and steps + more / 2 > size:
                break
            steps += more
            found.append(member)
        return found

    def _candidates(self) -> Iterator[Member]:
        """A human for every 144 machines; machines take turns in the teams, and the first is an agent."""
        machines = int(SHAPES["machines_a_human"].value)
        number = 0
        while True:
            team = (number // machines) % self.extent.teams
            yield Member(f"{team_name(team)}-human-{number // machines:03}", "human", team, used=1)
            for _ in range(machines):
                yield self._machine(number)
                number += 1

    def _machine(self, number: int) -> Member:
        team = number % self.extent.teams
        kind = self.kinds.deal() if number else "agent"
        name = f"{team_name(team)}-{kind}-{number // self.extent.teams:03}"
        if number and not self.wide.deal():
            return Member(name, kind, team, (), self.chance.randint(1, 3))
        idle = kind in ("service", "workload") and self.inactive.deal()
        admin = self.administrator.deal() if number else False
        more = TEAMS_OF_AN_ADMINISTRATOR - 1 if admin else self.others.deal()
        teams = (team, *self._elsewhere(team, more))
        return Member(name, kind, team, teams, 0 if idle else self._used(len(teams) * self.extent.admin_grants, admin))

    def _elsewhere(self, team: int, count: int) -> list[int]:
        """So many other teams, or all of them where there are fewer."""
        drawn = self.chance.sample(range(self.extent.teams), min(count + 1, self.extent.teams))
        return [other for other in drawn if other != team][:count]

    def _used(self, granted: int, admin: bool) -> int:
        """How many of the grants are needed: a share between the published bounds, and at least one."""
        most = SHAPES["most_used_by_administrators" if admin else "most_used"].value
        low = max(1, -int(-granted * SHAPES["least_used"].value // 1))
        return self.chance.randint(low, max(low, int(granted * most)))
