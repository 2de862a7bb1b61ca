"""How fine should roles be? One identity split into more and more roles, and what each split still leaves possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from simkit.blast_radius import Provenance
from simkit.errors import QuestionError
from simkit.model import EntryPoint, Goal, GoalTerm, Model
from simkit.narrowing.edits.candidates import in_force
from simkit.policies import sessions
from simkit.policies.mining import MinedRoles, mine_roles
from simkit.scenario import Scenario
from simkit.scenario.loader import uncollected
from simkit.simulation import PolicyLike, compile_attack, reached_pairs, worst_case_pairs
from simkit.table import Table, percent

ENOUGH = 0.9
"""Roles are fine enough when they stop this share of the pairs that a role for each task would stop (our choice)."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Split:
    """A scenario in which one identity is split by mined roles.

    An entry point or goal that names the identity, or one of its credentials, comes once for each part (`of` says from
    which it comes): the attacker has the token of one part, never of all.
    """

    scenario: Scenario
    of: Mapping[str, str]

    def pairs(self, policy: PolicyLike = None) -> frozenset[Pair]:
        """The (entry point, goal) pairs, by their names before the split, that the worst case reaches: through any of
        the parts."""
        attack = compile_attack(self.scenario, policy, through=self.scenario.entry_points)
        reached = reached_pairs(attack, self.scenario.entry_points)  # a matrix says its digest, which nobody is told
        return frozenset((self.of.get(entry, entry), self.of.get(goal, goal)) for entry, goal in reached)


def split(scenario: Scenario, mined: MinedRoles) -> Split:
    """`scenario` with the identity of `mined` split into one for each role.

    What the file expects, and what its incident record says, is left out: it speaks of the whole. A policy that picks
    identities by name does not pick the parts. Raises QuestionError where a tool runs as the identity.
    """
    of: dict[str, str] = {}
    entries: dict[str, EntryPoint] = {}
    for entry in scenario.entry_points.values():
        parts = dict(_of_entry(entry, mined))
        for part, each in parts.items():
            name = _named(entry.name, part, of, alone=len(parts) == 1)
            entries[name] = replace(each, name=name)
    goals: dict[str, Goal] = {}
    for goal in scenario.goals.values():
        for part, aim in _of_goal(goal, mined):
            name = _named(goal.name, part, of, alone=not part)
            goals[name] = replace(aim, name=name)
    made = replace(scenario, model=mined.apply(), entry_points=entries, goals=goals, expect={}, incident=None)
    return Split(made, of)


def _named(whole: str, part: str, of: dict[str, str], *, alone: bool) -> str:
    """What the variant of `whole` for `part` is called, written down in `of`."""
    name = whole if alone else f"{whole}: {part}"
    of[name] = whole
    return name


def _of_entry(entry: EntryPoint, mined: MinedRoles) -> Iterator[tuple[str, EntryPoint]]:
    credential = mined.model.credentials.get(entry.target) if entry.kind == "leak" else None
    serving = {task: mined.part(role) for role in mined.roles for task in role.tasks}
    if credential is not None and credential.identity == mined.identity:
        for role in mined.roles:
            yield mined.part(role), replace(entry, target=f"{entry.target}/{role.name}")
    elif entry.kind in ("compromise", "mistake") and entry.target == mined.identity:
        parts = (serving[entry.task],) if entry.task in serving else mined.parts
        yield from ((part, replace(entry, target=part)) for part in parts)
    else:
        yield "", entry


def _of_goal(goal: Goal, mined: MinedRoles) -> Iterator[tuple[str, Goal]]:
    if mined.identity not in (*goal.agents, *(target for _, target in goal.operations)):
        yield "", goal
        return
    for part in mined.parts:
        bare, *terms = (_of_term(term, mined.identity, part) for term in goal.terms)
        needed = len(goal.all_of)
        aim = replace(goal, performed=bare.performed, steered=bare.steered)
        yield part, replace(aim, all_of=tuple(terms[:needed]), any_of=tuple(terms[needed:]))


def _of_term(term: GoalTerm, identity: str, part: str) -> GoalTerm:
    done = tuple((operation, part if target == identity else target) for operation, target in term.performed)
    return replace(term, performed=done, steered=part if term.steered == identity else term.steered)


@dataclass(frozen=True, slots=True)
class RolePoint:
    """So many roles: the `pairs` that can still succeed, the operations granted and not needed (`over_grant`, summed
    over the tasks), and how many tasks break that work now."""

    roles: int
    pairs: int
    over_grant: int
    broken: int


@dataclass(frozen=True, eq=False)
class Granularity:
    """How fine the roles of `identity` should be: `whole` pairs can succeed as it is, out of `total`; `points` is the
    curve, and `enough` the place in it of the fewest roles that stop `ENOUGH` of what a role for each task stops.

    `roles` are those, and `narrowed` the scenario with them.
    """

    identity: str
    whole: int
    total: int
    points: tuple[RolePoint, ...]
    enough: int
    roles: MinedRoles
    narrowed: Scenario
    provenance: Provenance

    def __repr__(self) -> str:
        best = self.points[self.enough]
        return f"Granularity({self.identity}: {best.roles} roles leave {best.pairs} of {self.whole} pairs)"

    @property
    def summary(self) -> str:
        """The result in a sentence or two."""
        best, finest = self.points[self.enough], self.points[-1]
        if finest.pairs == self.whole:
            text = (
                f"However fine the roles of {self.identity} are, {self.whole} of {self.total} goals are within reach, "
            )
            return f"{text}each counted for each entry point: no split takes one away."
        count = "1 role" if best.roles == 1 else f"{best.roles} roles"
        text = f"{count} for {self.identity} leave{'s' if best.roles == 1 else ''} {best.pairs} of the {self.whole} "
        text += "goals within reach now (each counted for each entry point)"
        if finest.roles > best.roles:
            text += f"; a role for each different need ({finest.roles}) leaves {finest.pairs}"
        return f"{text}." if best.broken else f"{text}. Every task still works."

    def table(self) -> Table:
        """The curve: a row for each number of roles."""
        rows = [
            (
                point.roles,
                f"{point.pairs} of {self.total}",
                percent(point.pairs / self.total if self.total else 0.0),
                point.over_grant,
                point.broken,
                "enough" if place == self.enough else None,
            )
            for place, point in enumerate(self.points)
        ]
        columns = ("roles", "goals within reach", "share", "over-grant", "tasks broken", "")
        note = f"As it is: {self.whole} of {self.total} in the worst case under {self.provenance.policy}, each goal "
        note += "counted for each entry point. Over-grant: operations granted and not needed, summed over the tasks. "
        note += f"Enough: the fewest roles that stop {percent(ENOUGH)} of what a role for each task stops. Roles are "
        note += "merged where that over-grants least."
        return Table(columns, rows, title=f"{self.provenance.scenario}: roles for {self.identity}", note=note)

    def roles_table(self) -> Table:
        """The roles that are enough: what each grants, and the tasks that it serves."""
        rows = [
            (self.roles.part(role), ", ".join(sorted(role.operations)) or "nothing", ", ".join(role.tasks))
            for role in self.roles.roles
        ]
        return Table(("role", "grants", "for the tasks"), rows, title="the roles that are enough")

    def tables(self) -> list[Table]:
        """The curve, then the roles."""
        return [self.table(), self.roles_table()]

    def to_dict(self) -> dict[str, object]:
        """The result as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "identity": self.identity,
            "pairs": {"as_it_is": self.whole, "of": self.total},
            "points": [
                {
                    "roles": point.roles,
                    "pairs": point.pairs,
                    "over_grant": point.over_grant,
                    "tasks_broken": point.broken,
                    "enough": place == self.enough,
                }
                for place, point in enumerate(self.points)
            ],
            "roles": {
                self.roles.part(role): {"operations": sorted(role.operations), "tasks": list(role.tasks)}
                for role in self.roles.roles
            },
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def role_granularity(scenario: Scenario, identity: str | None = None, policy: PolicyLike = None) -> Granularity:
    """How many roles are enough for the tasks of `identity` (None: the only one that has tasks), under `policy` (None:
    the one in force).

    The identity is split into 1, 2, 4, 8, ... roles mined from its tasks (see `simkit.mine_roles`), up to one for each
    different need; what counts is how many (entry point, goal) pairs succeed in the worst case. Splitting never breaks
    a task, and more roles never leave more pairs. Raises QuestionError for an unknown identity, one without tasks, or
    if several have tasks and none is named; PolicyError.
    """
    base = in_force(scenario, policy)
    name = _only_worker(base.model) if identity is None else identity
    return _Splitter(base, name).answer()


def _only_worker(model: Model) -> str:
    workers = list(dict.fromkeys(task.identity for task in model.tasks.values()))
    if not workers:
        raise QuestionError("no identity has a task to mine roles from: declare what they are for")
    if len(workers) > 1:
        raise QuestionError(f"{len(workers)} identities have tasks: name one of {', '.join(workers)}")
    return workers[0]


class _Splitter:
    """Splits one identity at several numbers of roles."""

    def __init__(self, scenario: Scenario, identity: str) -> None:
        self.scenario, self.identity = scenario, identity
        self.finest = len(mine_roles(scenario.model, identity, max(len(scenario.model.tasks), 1)).roles)
        self.broken = self._broken(scenario.model)
        self.known: dict[int, RolePoint] = {}

    @uncollected()  # it looked again and again through worlds that are kept: a quarter of the time for 10,000 needs
    def answer(self) -> Granularity:
        from simkit import __version__

        scenario = self.scenario
        whole = worst_case_pairs(scenario)
        for count in _doubling(self.finest):
            self._point(count)
        fewest = self._fewest(len(whole.reached))
        points = tuple(self.known[count] for count in sorted(self.known))
        roles = mine_roles(scenario.model, self.identity, fewest)
        return Granularity(
            identity=self.identity,
            whole=len(whole.reached),
            total=whole.total,
            points=points,
            enough=points.index(self.known[fewest]),
            roles=roles,
            narrowed=split(scenario, roles).scenario,
            provenance=Provenance(
                scenario.name, scenario.digest, scenario.policy, "(each)", 0, 0, "reach", __version__
            ),
        )

    def _fewest(self, whole: int) -> int:
        """The fewest roles that are enough: found by halving, for more roles never leave more pairs."""
        wanted = whole - ENOUGH * (whole - self._point(self.finest).pairs)
        low, high = 1, self.finest
        while low < high:
            middle = (low + high) // 2
            if self._point(middle).pairs <= wanted:
                high = middle
            else:
                low = middle + 1
        self._point(low)
        return low

    def _point(self, count: int) -> RolePoint:
        if count not in self.known:
            mined = mine_roles(self.scenario.model, self.identity, count)
            made = split(self.scenario, mined)
            broken = len(self._broken(made.scenario.model) - self.broken)
            self.known[count] = RolePoint(len(mined.roles), len(made.pairs()), mined.over_grant, broken)
        return self.known[count]

    def _broken(self, model: Model) -> frozenset[str]:
        return frozenset(need.task for need in sessions(model, self.scenario.grant_policy()).broken)


def _doubling(most: int) -> list[int]:
    """1, 2, 4, ... below `most`, and `most`.

    >>> _doubling(10)
    [1, 2, 4, 8, 10]
    """
    found = [1]
    while found[-1] * 2 < most:
        found.append(found[-1] * 2)
    return [*found, most] if most > 1 else found
