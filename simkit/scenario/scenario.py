"""The frozen value that everything else starts from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from simkit.errors import Problem, QuestionError, ScenarioError, in_short, nearest
from simkit.model import (
    TRIES,
    Attacker,
    ControlPrices,
    Credential,
    Currency,
    EntryPoint,
    Goal,
    GoalTerm,
    Identity,
    Model,
    ObservedRun,
    Resource,
    Response,
    Role,
    Task,
    Tool,
    Unchangeable,
    listed,
)
from simkit.model.references import Lookup, Where, dangling, each_problem, operation_problems
from simkit.policies import GrantPolicy, named_policies, policy
from simkit.scenario.defender_problems import defender_problems
from simkit.scenario.expectations import Expectation, expectation_problems
from simkit.scenario.names import Names
from simkit.scenario.observed_problems import observed_problems
from simkit.scenario.origins import Origin
from simkit.scenario.places import Document, Mark, locate
from simkit.table import Table, duration
from simkit.unknowns import Unknowns


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. `grade`: P the organisation's own text, S a secondary page, D derived, M from memory."""

    url: str
    grade: str = "S"
    says: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number or a shape that no source gives: what it is about, and why it was chosen."""

    about: str
    why: str


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """What the public record says. `reached` names the goals that it says were reached, under the policy in force."""

    date: str
    kind: str = "incident"
    hops: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    lifetimes: str = ""
    detected: str = ""


AT_A_GLANCE = ("identities", "credentials", "tools", "resources", "tasks", "entry points", "goals")
"""What the one line about a scenario counts."""
MOST_PROBLEMS = 100
"""How many dangling references one error lists: a large file with a wrong section would have thousands."""


@dataclass(frozen=True)
class Scenario:
    """One world, and how it is attacked. Raises ScenarioError for a reference that dangles.

    Its things are attributes too, which TAB completes: `scenario.credentials.ci_token`, `scenario.goals.data_out`.
    `policy` names the policy in force; `compare` those that a comparison shows; `horizon` is in seconds.
    """

    name: str
    model: Model
    entry_points: Mapping[str, EntryPoint]
    goals: Mapping[str, Goal] = field(default_factory=dict)
    response: Response = field(default_factory=Response)
    horizon: float = 30 * 86400.0
    policy: str = "rbac"
    policies: Mapping[str, GrantPolicy] = field(default_factory=dict)
    compare: tuple[str, ...] = ()
    observed: tuple[ObservedRun, ...] = ()
    description: str = ""
    sources: tuple[Source, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    incident: IncidentRecord | None = None
    file: str = ""
    expect: Mapping[str, Expectation] = field(default_factory=dict)
    attacker: Attacker = field(default_factory=Attacker)
    unit: Currency | None = None
    prices: ControlPrices | None = None
    unchangeable: tuple[Unchangeable, ...] = ()
    """What nobody can change: no narrowing of it is proposed."""
    unknowns: Unknowns = field(default_factory=Unknowns)
    """What of all this is not known: the numbers above are best guesses."""
    changes: tuple[str, ...] = ()
    """What was set otherwise than the file says it."""
    document: Document | None = field(default=None, compare=False, repr=False)
    """The file as it was read, which knows the line and column of each thing; None for a scenario made in memory."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "entry_points", Names("entry point", self.entry_points))
        object.__setattr__(self, "goals", Names("goal", self.goals))
        found = list(islice(scenario_problems(self), MOST_PROBLEMS))
        if found:
            raise ScenarioError(found)

    def __getstate__(self) -> dict[str, object]:
        """What is sent to another process: all but where things stand in the file."""
        return {**self.__dict__, "document": None}

    def place(self, where: Sequence[str | int]) -> tuple[int, int] | None:
        """Line and column, from 1, of what the keys `where` lead to in the file, or of the deepest thing on the way;
        of `include` for what stands in a file that is included.

        None for a scenario that was made in memory.
        """
        if self.document is None:
            return None
        places = self.document.places()
        mark = locate(places, tuple(where), key=bool(where) and isinstance(where[-1], str))
        if self.document.file_of(mark) != self.document.file:
            mark = locate(places, ("include",), key=True)
        return mark.line + 1, mark.column + 1

    def origin(self, where: Sequence[str | int]) -> Origin | None:
        """File, line and column of what the keys `where` lead to, whichever file includes it; of what `simkit import`
        wrote, those in the file that it comes from.

        None for a scenario that was made in memory.
        """
        if self.document is None:
            return None
        return self.document.origin_of(self._mark(self.document, where))

    def origins(self, where: Sequence[str | int]) -> tuple[Origin, ...]:
        """All places in files that were imported that say together what the keys `where` lead to; empty for what was
        not imported."""
        return () if self.document is None else self.document.origins_of(self._mark(self.document, where))

    def stated(self, where: Sequence[str | int]) -> Origin | None:
        """The same in the scenario's own files, also of what `simkit import` wrote."""
        if self.document is None:
            return None
        mark = self._mark(self.document, where)
        return self.document.file_of(mark), mark.line + 1, mark.column + 1

    @staticmethod
    def _mark(document: Document, where: Sequence[str | int]) -> Mark:
        return locate(document.places(), tuple(where), key=bool(where) and isinstance(where[-1], str))

    @cached_property
    def digest(self) -> str:
        """A hash of everything that can change a result; the order of the file does not."""
        from simkit.scenario.digest import digest

        return digest(self)

    @property
    def title(self) -> str:
        """The name, and what was set otherwise than the file says it."""
        return f"{self.name} ({', '.join(self.changes)})" if self.changes else self.name

    def grant_policy(self, name: str | GrantPolicy | None = None) -> GrantPolicy:
        """The policy called `name`, the scenario's own first; None is the one in force; a GrantPolicy is itself.

        Raises PolicyError for an unknown name, and for what is neither a name nor a GrantPolicy.
        """
        return policy(self.policy if name is None else name, self.policies)

    def entry_point(self, name: str | None = None) -> EntryPoint:
        """The entry point called `name`; None is the first in the file. Raises QuestionError."""
        return self.entry_points[chosen_entry(self, name)]

    # IPython completes behind a plain attribute, and refuses to call a property to see what is in it
    @cached_property
    def identities(self) -> Names[Identity]:
        """The identities, also as attributes that TAB completes: `scenario.identities.ci`."""
        return Names("identity", self.model.identities)

    @cached_property
    def credentials(self) -> Names[Credential]:
        """The credentials, also as attributes: `scenario.credentials.ci_token`."""
        return Names("credential", self.model.credentials)

    @cached_property
    def resources(self) -> Names[Resource]:
        """The resources, also as attributes."""
        return Names("resource", self.model.resources)

    @cached_property
    def tools(self) -> Names[Tool]:
        """The tools, also as attributes."""
        return Names("tool", self.model.tools)

    @cached_property
    def roles(self) -> Names[Role]:
        """The roles, also as attributes."""
        return Names("role", self.model.roles)

    @cached_property
    def tasks(self) -> Names[Task]:
        """The tasks, also as attributes."""
        return Names("task", self.model.tasks)

    def __repr__(self) -> str:
        named = {**self.model.kinds(), "entry points": self.entry_points, "goals": self.goals}
        counts = ", ".join(f"{len(named[kind]):,} {kind}" for kind in AT_A_GLANCE if kind in named)
        return f"Scenario({self.name}: {counts}; {self.policy} in force)"

    def table(self) -> Table:
        """What the scenario holds: a row for each kind of thing, with how many there are and their names."""
        note = f"policy in force: {self.policy}; horizon: {duration(self.horizon)}; digest: {self.digest[:12]}"
        kinds = {**self.model.kinds(), "entry points": self.entry_points, "goals": self.goals}
        return listed(kinds, title=self.name, note=note)

    def _repr_html_(self) -> str:
        return self.table().html()


def checked_scenario(given: object) -> Scenario:
    """`given` if it is a scenario. Raises QuestionError for anything else, such as the name of a file."""
    if isinstance(given, Scenario):
        return given
    raise QuestionError(f"{in_short(given)} is no scenario: read one with simkit.load")


def scenarios_of(given: Scenario | Iterable[Scenario]) -> list[Scenario]:
    """`given` as a list; one scenario alone is a list of one. Raises QuestionError for what is no scenario."""
    if isinstance(given, str | Scenario) or not isinstance(given, Iterable):
        return [checked_scenario(given)]
    return [checked_scenario(each) for each in given]


def chosen_entry(scenario: Scenario, entry_point: str | None) -> str:
    """The name of the entry point that a question about one attack means: None is the first in the scenario.

    Raises QuestionError for an unknown one, and for what is no scenario.
    """
    names = checked_scenario(scenario).entry_points
    if entry_point is None:
        return next(iter(names))
    if entry_point not in names:
        raise QuestionError(f"no entry point is called {entry_point!r}: {nearest(entry_point, names)}")
    return entry_point


def chosen_entries(scenario: Scenario, entry_points: str | Iterable[str] | None) -> tuple[str, ...]:
    """The names of the entry points that a question about the whole scenario means, each once: None is all of them.

    Raises QuestionError for an unknown one, for none, and for what is no scenario.
    """
    given = [entry_points] if isinstance(entry_points, str) else entry_points
    names = checked_scenario(scenario).entry_points if given is None else given
    if found := tuple(dict.fromkeys(chosen_entry(scenario, name) for name in names)):
        return found
    raise QuestionError("no entry point is given: name one, or leave the list out for all of them")


def scenario_problems(scenario: Scenario) -> Iterator[Problem]:
    """Every dangling reference in `scenario`, its model's included."""
    lookup = Lookup(scenario.model)
    yield from each_problem(lookup)
    for entry in scenario.entry_points.values():
        yield from _entry(scenario.model, entry)
    for goal in scenario.goals.values():
        yield from _goal(lookup, goal)
    yield from observed_problems(scenario.observed, lookup)
    for index, goal_name in enumerate(scenario.incident.reached if scenario.incident else ()):
        yield from dangling(("incident", "reached", index), goal_name, scenario.goals, "goal")
    for index, goal_name in enumerate(scenario.attacker.aims_at):
        yield from dangling(("attacker", "aims_at", index), goal_name, scenario.goals, "goal")
    if scenario.attacker.tries not in TRIES:
        mend = nearest(scenario.attacker.tries, TRIES)
        yield Problem(("attacker", "tries"), f"{scenario.attacker.tries!r} is not possible here: {mend}")
    yield from defender_problems(scenario.model, scenario.response)
    yield from _money(scenario)
    yield from _policies(scenario)
    yield from expectation_problems(
        scenario.expect, scenario.model, scenario.goals, scenario.entry_points, named_policies(scenario.policies)
    )


def _entry(model: Model, entry: EntryPoint) -> Iterator[Problem]:
    where = ("entry_points", entry.name)
    known: Mapping[str, Mapping[str, object]] = {
        "leak": model.credentials,
        "poison": model.resources,
        "compromise": model.identities,
        "mistake": model.identities,
    }
    noun = {"leak": "credential", "poison": "resource", "compromise": "identity", "mistake": "identity"}[entry.kind]
    if entry.target:
        place = (entry.kind, "agent") if entry.kind == "mistake" else (entry.kind,)
        yield from dangling((*where, *place), entry.target, known[entry.kind], noun)
    if entry.task:
        yield from dangling((*where, entry.kind, "task"), entry.task, model.tasks, "task")
    if entry.tool:
        yield from dangling((*where, entry.kind, "tool"), entry.tool, model.tools, "tool")
    if entry.operation:
        operations = {full: each for full, _, each in model.operations()}
        yield from dangling((*where, entry.kind, "operation"), entry.operation, operations, "operation")


def _goal(lookup: Lookup, goal: Goal) -> Iterator[Problem]:
    where = ("goals", goal.name)
    yield from _term(lookup, where, goal.bare)
    for key, terms in (("all", goal.all_of), ("any", goal.any_of)):
        for index, term in enumerate(terms):
            yield from _term(lookup, (*where, key, index), term)
    if goal.at_least is not None:
        yield from _enough(lookup.model, (*where, "at_least"), goal)
    if all(term.is_empty for term in goal.terms):
        yield Problem(where, "a goal needs `lost`, `performed` or `steered`: as it stands it is always reached")


def _enough(model: Model, where: Where, goal: Goal) -> Iterator[Problem]:
    """A number of records that no resource of `goal` has."""
    counted = [each for name in goal.read if (each := model.resources.get(name)) is not None and each.records]
    if not counted:
        message = "`at_least` counts records, and nothing that this goal names has any: give the resource its `records`"
        yield Problem(where, message)
    for resource in counted:
        if (goal.at_least or 0.0) > (resource.records or 0.0):
            message = f"{resource.name} has {resource.records:g} records, fewer than {goal.at_least:g}: write fewer"
            yield Problem(where, message)


def _term(lookup: Lookup, where: Where, term: GoalTerm) -> Iterator[Problem]:
    model = lookup.model
    for index, (resource, _) in enumerate(term.lost):
        yield from dangling((*where, "lost", index, "resource"), resource, model.resources, "resource")
    for index, (operation, target) in enumerate(term.performed):
        targets = (target,) if target else ()
        yield from operation_problems(lookup, (*where, "performed", index), operation, targets)
    if term.steered:
        yield from dangling((*where, "steered"), term.steered, model.identities, "identity")


def _money(scenario: Scenario) -> Iterator[Problem]:
    if scenario.prices is None:
        return
    if scenario.unit is None:
        yield Problem(("prices",), "prices need a currency: add `unit`, such as {EUR: 1000}, what a point of value is")
    for name in scenario.prices.policies:
        yield from dangling(("prices", "policies", name), name, named_policies(scenario.policies), "policy")


def _policies(scenario: Scenario) -> Iterator[Problem]:
    known = named_policies(scenario.policies)
    yield from dangling(("policy",), scenario.policy, known, "policy")
    for index, name in enumerate(scenario.compare):
        yield from dangling(("compare", index), name, known, "policy")
    if not scenario.entry_points:
        yield Problem(("entry_points",), "a scenario needs at least one entry point: how does the attack start?")
