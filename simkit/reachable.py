"""Sampled reach: how likely an attack is to reach a thing at all, if nothing expires and nobody responds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from simkit.attackgraph import AttackGraph
from simkit.blast_radius import Interval, Legend, Provenance
from simkit.blast_radius.intervals import wilson
from simkit.engines.registry import CPU, reach_engine
from simkit.errors import QuestionError, nearest
from simkit.fate import checked_seed
from simkit.scenario import Scenario, chosen_entry
from simkit.simulation import PolicyLike, checked_trials, compile_attack, in_memory
from simkit.table import Table, percent


@dataclass(frozen=True, slots=True)
class Reachable:
    """A goal, or a loss (`resource:impact`): the chance that it is ever reached, and whether the worst case does."""

    kind: str
    name: str
    chance: Interval
    worst_case: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """The chance that each goal and each loss of value is ever reached: steps succeed or fail, but no lifetime, no
    horizon, no alert and no response ends anything.

    A replay of the same seed reaches, sample by sample, no more than this, and this no more than the worst case. So
    what has a chance here and none in a replay is out of reach by time; what has none here, but a worst case, by
    chance; and what has no worst case cannot be reached.
    """

    rows: tuple[Reachable, ...]
    provenance: Provenance

    def __repr__(self) -> str:
        goals = [row for row in self.rows if row.kind == "goal"]
        able = sum(row.worst_case for row in goals)
        likely = max(goals, key=lambda row: row.chance.estimate, default=None)
        first = f"; most likely {likely.name}, {percent(likely.chance.estimate)}" if likely and able else ""
        source = self.provenance
        return f"Reach({source.policy}: {able} of {len(goals)} goals can be reached{first}, {source.entry_point})"

    @property
    def summary(self) -> str:
        """The goals in a sentence each."""
        sentences = [_sentence(row) for row in self.rows if row.kind == "goal"]
        about = f"If nothing expires and nobody responds, under {self.provenance.policy}:"
        return "\n".join([about, *sentences]) if sentences else f"{about} the scenario has no goal."

    def chance(self, name: str) -> Interval:
        """The chance that the goal, or the loss `resource:impact`, is ever reached. Raises QuestionError for a name
        that is neither."""
        found = {row.name: row.chance for row in reversed(self.rows)}
        if name not in found:
            raise QuestionError(f"{name!r} is neither a goal nor a loss with a value: {nearest(name, list(found))}")
        return found[name]

    def table(self) -> Table:
        """A row for each goal, then for each loss."""
        rows = [
            (
                row.kind,
                row.name,
                percent(row.chance.estimate),
                f"{percent(row.chance.low)} to {percent(row.chance.high)}",
                "yes" if row.worst_case else "no",
            )
            for row in self.rows
        ]
        return Table(
            ("kind", "name", "chance ever", "95 % interval", "worst case"),
            rows,
            title=str(self.provenance),
            note="nothing expires and nobody responds; worst case: chances too are ignored",
        )

    def tables(self) -> list[Table]:
        """All tables of this result."""
        return [self.table()]

    def to_dict(self) -> dict[str, object]:
        """The answer as plain data."""
        return {"provenance": self.provenance.to_dict(), "rows": [asdict(row) for row in self.rows]}

    def _repr_html_(self) -> str:
        return self.table().html()


def reach(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    entry_point: str | None = None,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    engine: str = CPU,
) -> Reach:
    """The chance that the attack through `entry_point` (None: the first) ever reaches each goal and each loss of value
    under `policy` (None: the one in force), if nothing expires and nobody responds, beside the worst case.

    Trial by trial the steps succeed and fail as they do in `simulate` with the same seed. With the `engine` "cuda" a
    GPU works it out; any number of `threads` and any engine give the same bytes. Raises QuestionError for an unknown
    entry point or engine and for a bad number of trials or seed, PolicyError for an unknown policy, InputError for
    "cuda" where no GPU is.
    """
    name, count, drawn = chosen_entry(scenario, entry_point), checked_trials(trials), checked_seed(seed)
    works = reach_engine(engine)
    attack = compile_attack(scenario, policy, through=scenario.entry_points)
    targets = list(_targets(attack.legend))
    facts = sorted({fact for _, _, fact in targets if fact is not None})
    with in_memory(attack.graph, count):
        held = works.reach(attack.graph, name, seed=drawn, trials=count, facts=facts, threads=threads)
    times = dict(zip(facts, held.sum(axis=0).tolist(), strict=True))
    worst = _worst(attack.graph, name, engine, facts)
    rows = tuple(
        Reachable(kind, target, wilson(0 if fact is None else times[fact], count), fact in worst)
        for kind, target, fact in targets
    )
    return Reach(rows, attack.provenance(name, seed=drawn, trials=count, engine="reach"))


def _targets(legend: Legend) -> Iterator[tuple[str, str, int | None]]:
    """Kind, name and fact of what can be reached: the goals, then the losses that have a value."""
    yield from (("goal", name, fact) for name, fact in legend.goals.items())
    yield from (("loss", name, fact) for fact, name in sorted(legend.losses.items(), key=lambda item: item[1]))


def _worst(graph: AttackGraph, entry_point: str, engine: str, facts: list[int]) -> set[int]:
    """Those of `facts` that some variant of the entry point reaches if every step succeeds."""
    held = reach_engine(engine).worst_cases(graph, graph.entry(entry_point).starts, facts=facts)
    return {fact for place, fact in enumerate(facts) if held[:, place].any()}


def _sentence(row: Reachable) -> str:
    if not row.worst_case:
        return f"{row.name} cannot be reached."
    chance = row.chance
    return (
        f"{row.name} is ever reached with a chance of {percent(chance.estimate)} "
        f"({percent(chance.low)} to {percent(chance.high)})."
    )
