"""The architects' study: one grant design against another over many scenarios, and where it does not help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.ablation import Sampled, sampled
from simkit.ablation.samples import averaged, saved
from simkit.blast_radius import BlastRadius, intervals
from simkit.blast_radius.reversal import Reversal, reversals
from simkit.decisions.decisions import FEWEST_DRAWS
from simkit.decisions.drawn_pair import DrawnPair, drawn_pair, drawn_table, drawn_words
from simkit.errors import QuestionError
from simkit.execution.executors import ExecutorLike
from simkit.fate import checked_seed
from simkit.linter.forgotten_work import keeping, without_credit
from simkit.measures import SHARE
from simkit.policies import GrantPolicy, checked_policy
from simkit.progress import steps
from simkit.scenario import Scenario, chosen_entries, scenarios_of
from simkit.simulation import Workers, checked_trials, simulate
from simkit.studies.study_row import StudyRow
from simkit.table import Table, duration, format_number, percent, shorten
from simkit.unknowns.lattice import MOST_POINTS

MOST_ROWS = 8
"""A scenario with more entry points than this has one row for all of them: benchmarks have one for each task."""
LONGEST_PATH = 200
LONGEST_REFUSAL = 96
"""Places that the names of identities take at most in a sentence of the summary."""


@dataclass(frozen=True, slots=True)
class Study:
    """Two grant designs over many attacks: blast radius, utility and overhead, and where the strong one fails."""

    rows: tuple[StudyRow, ...]
    weak: str
    strong: str
    trials: int
    seed: int
    version: str
    draws: int = 0

    def __repr__(self) -> str:
        counted = ", ".join(f"{verdict} {len(self.having(verdict))}" for verdict in VERDICTS if self.having(verdict))
        return f"Study({self.weak} against {self.strong}, {len(self.rows)} attacks: {counted})"

    @property
    def provenance(self) -> str:
        """What reproduces the study."""
        digests = ", ".join(dict.fromkeys(f"{row.scenario} {row.digest[:12]}" for row in self.rows))
        return f"simkit {self.version}, {self.trials:,} trials, seed {self.seed}: {digests}"

    def having(self, verdict: str) -> list[StudyRow]:
        """The rows of one verdict."""
        return [row for row in self.rows if row.verdict == verdict]

    def failures(self) -> list[StudyRow]:
        """Where the strong design leaves something: no difference, worse, or a goal that is still reached."""
        return [row for row in self.rows if row.verdict in ("no difference", "worse", "helps in part")]

    @property
    def summary(self) -> str:
        """The result in a few sentences."""
        helps, part = self.having("helps"), self.having("helps in part")
        none = [*self.having("no difference"), *self.having("worse")]
        text = (
            f"{self.strong} against {self.weak} over {len(self.rows)} attacks: it helps in {len(helps)}, helps in part "
        )
        text += f"in {len(part)} (a goal is still reached), and makes no difference, or a worse one, in {len(none)}"
        text += f" ({', '.join(row.name for row in none)})" if none else ""
        idle = self.having("nothing to lose")
        text += f"; in {len(idle)} nothing is lost under either." if idle else "."
        broken = {row.scenario: row.utility_strong for row in self.rows if row.utility_strong.broken}
        silent = [row for row in self.rows if 0.0 in row.scope_alone and row.weak.estimate]
        text += f" Its scope alone, all other dials as under {self.weak}, makes no difference in {len(silent)} of "
        text += f"{len(self.rows) - len(idle)} attacks that lose something."
        possible = sum(row.pairs[1] > 0 for row in helps)
        if helps:
            text += (
                f" In {possible} of the {len(helps)} that it helps against, a goal can still be reached in the worst "
            )
            text += "case."
        scenarios = len({row.scenario for row in self.rows})
        text += f" It breaks declared tasks in {len(broken)} of {scenarios} scenario{'s' if scenarios > 1 else ''}."
        text += "".join(f" {self._refusal(row)}" for row in self._by_scenario() if row.refused)
        text += "".join(f" In {row.name}, mind that {row.reversal}." for row in self.rows if row.reversal)
        runs = [row for row in self._by_scenario() if row.utility_strong.observed]
        for row in runs:
            cost = row.utility_strong
            share = intervals.wilson(cost.stopped, cost.observed)
            text += f" In {row.scenario} it stops {cost.stopped} of {cost.observed} runs that did their job "
            text += f"({percent(share.low)} to {percent(share.high)})."
        return text + (drawn_words(self.drawn, self.strong, self.draws) if self.drawn else "")

    @property
    def drawn(self) -> list[DrawnPair]:
        """The answers over draws; none where they were not asked for."""
        return [row.drawn for row in self.rows if row.drawn]

    @staticmethod
    def _refusal(row: StudyRow) -> str:
        """For whom a design gets no credit, and why."""
        named = shorten(", ".join(row.refused), LONGEST_REFUSAL)
        return (
            f"In {row.scenario} neither gets credit for {named}: without a task, a scope by task leaves nothing of "
            f"what an identity may, so that the other design governs it under both. Declare its work, or say in the "
            f"file why there is none (simkit validate)."
        )

    def _by_scenario(self) -> list[StudyRow]:
        """The first row of each scenario."""
        return list({row.scenario: row for row in reversed(self.rows)}.values())[::-1]

    def table(self) -> Table:
        """A row for each attack: the blast radius under both designs."""
        rows = [
            (
                row.name,
                row.verdict,
                row.unit.spread(row.weak),
                row.unit.spread(row.strong),
                "no difference" if 0.0 in row.saved else row.unit.spread(row.saved),
                percent(row.share) if row.share > 0 else None,
                "no difference" if 0.0 in row.scope_alone else row.unit.spread(row.scope_alone),
                f"{row.pairs[0]} to {row.pairs[1]} of {row.pairs[2]}",
            )
            for row in self.rows
        ]
        columns = ("attack", self.strong, f"lost, {self.weak}", f"lost, {self.strong}", "saved", "of it")
        note = (
            "Mean value lost, or, where nothing has a value, the mean share of goals reached (in %); 95 % intervals; "
        )
        note += f"differences are paired, sample by sample. {self.trials:,} trials, seed {self.seed}. Goals within "
        note += "reach: in the worst case, each counted for each entry point."
        columns += ("scope alone saves", "goals within reach")  # type: ignore[assignment]
        return Table(columns, rows, title=f"{self.weak} against {self.strong}: blast radius", note=note)

    def failures_table(self) -> Table:
        """A row for each attack that the strong design does not stop, and how it gets there."""
        rows = [
            (
                row.name,
                row.verdict,
                f"{percent(row.goals_weak.estimate)} to {SHARE.spread(row.goals_strong)}",
                ", ".join(row.still) or "no goal, but value",
                row.path,
            )
            for row in self.failures()
        ]
        columns = ("attack", self.strong, "share of goals reached", "still reached", "by")
        note = (
            "The likeliest goal first, and its most frequent path. What a task's own grant allows, no scope takes away."
        )
        return Table(columns, rows, title=f"where {self.strong} does not help, or not enough", note=note)

    def costs_table(self) -> Table:
        """A row for each scenario: what the designs cost the legitimate work."""
        rows = [
            (
                row.scenario,
                _pair(len(row.utility_weak.broken), len(row.utility_strong.broken)),
                row.utility_strong.tasks,
                f"{row.utility_strong.stopped} of {row.utility_strong.observed}"
                if row.utility_strong.observed
                else None,
                _pair(row.utility_weak.tokens_a_day, row.utility_strong.tokens_a_day),
                _pair(row.utility_weak.checks_a_day, row.utility_strong.checks_a_day),
                _pair(row.utility_weak.waiting_minutes_a_day, row.utility_strong.waiting_minutes_a_day),
                _pair(row.utility_weak.records_a_day, row.utility_strong.records_a_day),
                row.digest[:12],
            )
            for row in self._by_scenario()
        ]
        columns = ("scenario", "tasks broken", "of", "good runs stopped", "tokens/day", "checks/day", "min waited/day")
        note = f"{self.weak} to {self.strong}. Exact for the declared tasks and rates: nothing is drawn. "
        note += f"simkit {self.version}; digest: of the scenario that was read."
        return Table((*columns, "records/day", "digest"), rows, title="what it costs the legitimate work", note=note)

    def tables(self) -> list[Table]:
        """Blast radius, what of it holds in draws (where that was asked), failures and costs."""
        sure = [drawn_table(self.drawn, self.strong, self.draws)] if self.drawn else []
        return [self.table(), *sure, self.failures_table(), self.costs_table()]

    def to_dict(self) -> dict[str, object]:
        """The study as plain data."""
        return {
            "weak": self.weak,
            "strong": self.strong,
            "trials": self.trials,
            "seed": self.seed,
            "version": self.version,
            **({"draws": self.draws} if self.draws else {}),
            "rows": [row.to_dict() for row in self.rows],
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


VERDICTS = ("helps", "helps in part", "no difference", "worse", "nothing to lose")


def _pair(before: float, after: float) -> str:
    return format_number(before) if before == after else f"{format_number(before)} to {format_number(after)}"


def study(
    scenarios: Scenario | Iterable[Scenario],
    weak: str | GrantPolicy = "rbac",
    strong: str | GrantPolicy = "task-scoped",
    *,
    entry_points: str | Iterable[str] | None = None,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    executor: ExecutorLike = None,
    draws: int = 0,
) -> Study:
    """The `strong` grant design against the `weak` one, over `entry_points` (one, several, or None for all) of every
    scenario.

    Replays are worked out by `threads` or an `executor`, as in `simulate`. A scenario with more than `MOST_ROWS` of
    them gets one row, the mean over them. With `draws` the question is asked of so many draws of what is not known,
    too: where the strong design loses less whatever the inputs are, and where it depends, and on which. Raises
    QuestionError without a scenario, for two designs of one name, for an entry point that a scenario lacks, for bad
    trials, draws or seed; PolicyError for a policy that a scenario lacks.
    """
    from simkit import __version__

    worlds = scenarios_of(scenarios)
    if not worlds:
        raise QuestionError("a study of no scenario says nothing: name at least one")
    names = [design if isinstance(design, str) else design.name for design in map(checked_policy, (weak, strong))]
    if names[0] == names[1]:
        raise QuestionError(f"both designs are called {names[0]!r}: name two that differ")
    wanted = entry_points if entry_points is None or isinstance(entry_points, str) else tuple(entry_points)
    attacks = [(world, chosen_entries(world, wanted)) for world in worlds]
    if draws and not FEWEST_DRAWS <= draws <= MOST_POINTS:
        raise QuestionError(f"draws {draws!r} is not a whole number from {FEWEST_DRAWS} to {MOST_POINTS:,}, or 0")
    found = _StudyRun(weak, strong, checked_trials(trials), checked_seed(seed), (threads, executor), draws)
    rows = tuple(row for world, entries in steps(attacks) for row in found.rows(world, entries))
    return Study(rows, names[0], names[1], trials, seed, __version__, draws)


@dataclass(frozen=True, slots=True)
class _StudyRun:
    """The settled questions of a study."""

    weak: str | GrantPolicy
    strong: str | GrantPolicy
    trials: int
    seed: int
    workers: Workers
    draws: int

    def rows(self, scenario: Scenario, entries: Sequence[str]) -> Iterator[StudyRow]:
        """The rows of one scenario through `entries`."""
        weak, strong = (scenario.grant_policy(design) for design in (self.weak, self.strong))
        scoped = weak.turned(name=f"{weak.name} + scope {strong.scope}", scope=strong.scope)
        kept = without_credit(scenario, weak, strong)
        asked: dict[str, Any] = {"trials": self.trials, "seed": self.seed, "workers": self.workers, "only_loss": True}
        runs = [
            sampled(scenario, policy, entries, **asked)
            for policy in (keeping(design, kept) for design in (weak, strong, scoped))
        ]
        groups: list[Sequence[str]] = [entries] if len(entries) > MOST_ROWS else [[entry] for entry in entries]
        for group in groups:
            yield self._row(scenario, runs, group, tuple(kept))

    def _row(
        self, scenario: Scenario, runs: Sequence[Sampled], entries: Sequence[str], refused: tuple[str, ...]
    ) -> StudyRow:
        weak, strong, scoped = runs
        still, path = self._left(scenario, strong, entries)
        return StudyRow(
            scenario=scenario.title,
            digest=scenario.digest,
            entry_point=entries[0] if len(entries) == 1 else f"all {len(entries)} entry points",
            measure=weak.measure.words,
            unit=weak.measure.unit,
            weak=weak.mean_loss(entries),
            strong=strong.mean_loss(entries),
            saved=saved(weak.loss(entries), strong.loss(entries)),
            scope_alone=saved(weak.loss(entries), scoped.loss(entries)),
            goals_weak=intervals.mean(averaged(weak.goals, entries).tolist()),
            goals_strong=intervals.mean(averaged(strong.goals, entries).tolist()),
            pairs=(_possible(weak, entries), _possible(strong, entries), len(entries) * len(scenario.goals)),
            still=still,
            path=path,
            utility_weak=weak.utility,
            utility_strong=strong.utility,
            refused=refused,
            drawn=self._drawn(scenario, (weak.policy, strong.policy), entries),
            reversal=self._reversal(scenario, weak, strong, entries),
        )

    def _drawn(
        self, scenario: Scenario, pair: tuple[GrantPolicy, GrantPolicy], entries: Sequence[str]
    ) -> DrawnPair | None:
        if not self.draws:
            return None
        through = entries[0] if len(entries) == 1 else f"all {len(entries)} entry points"
        return drawn_pair(scenario, f"{scenario.title}: {through}", pair, entries, draws=self.draws, seed=self.seed)

    def _reversal(self, scenario: Scenario, weak: Sampled, strong: Sampled, entries: Sequence[str]) -> Reversal | None:
        """Where the strong design is the narrower one and loses more, how, through the entry point where it loses most
        more."""
        if not strong.policy.is_narrower_than(weak.policy) or saved(weak.loss(entries), strong.loss(entries)).high >= 0:
            return None
        worst = max(entries, key=lambda entry: float((strong.loss([entry]) - weak.loss([entry])).mean()))
        results = [self._simulated(scenario, each.policy, worst) for each in (weak, strong)]
        return next(reversals(results, {each.policy.name: each.policy for each in (weak, strong)}), None)

    def _simulated(self, scenario: Scenario, policy: GrantPolicy, entry: str) -> BlastRadius:
        threads, executor = self.workers
        asked: dict[str, Any] = {"trials": self.trials, "seed": self.seed, "threads": threads, "executor": executor}
        return simulate(scenario, policy, entry_point=entry, **asked)

    def _left(self, scenario: Scenario, strong: Sampled, entries: Sequence[str]) -> tuple[tuple[str, ...], str]:
        """The goals that are still reached, and how, through the entry point where most of them are."""
        worst = max(entries, key=lambda entry: float(strong.goals[entry].mean()))
        if not strong.goals[worst].any():
            return (), ""
        result = self._simulated(scenario, strong.policy, worst)
        chances = {goal: result.chance(goal).estimate for goal in scenario.goals}
        still = sorted((goal for goal in chances if chances[goal]), key=lambda goal: (-chances[goal], goal))
        (path,) = result.paths(still[0], limit=1).paths
        when = duration(path.steps[-1].done) if path.steps else "0 s"
        through = f"through {worst}: " if len(entries) > 1 else ""
        return tuple(still), shorten(f"{through}{path} (after {when})", LONGEST_PATH)


def _possible(run: Sampled, entries: Sequence[str]) -> int:
    return sum(entry in entries for entry, _ in run.pairs)
