"""`simkit narrow`: what to narrow, what it costs, and the narrower scenario as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from simkit.cli.answer_files import PICTURES, drawn_as
from simkit.cli.beside_money import say_what_is_not_known
from simkit.cli.build_log import harmless
from simkit.cli.cautions import cautions
from simkit.cli.group import DOES_NOT_HOLD, FINE
from simkit.cli.narrowed_file import check_write, difference, write_scenario
from simkit.cli.options import (
    Seconds,
    WholeNumber,
    complete_goals,
    every_run_options,
    load,
    names,
    output_options,
    policy_option,
    scenario_argument,
    scheduler_option,
)
from simkit.cli.output import FORMATS, Output
from simkit.cli.terminal import Terminal
from simkit.errors import InputError
from simkit.table import Table, printable

if TYPE_CHECKING:
    from simkit.narrowing import Plan, Recommendations
    from simkit.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The plan, where there is one, and the ranking that stands behind it."""

    plan: Plan
    ranking: Recommendations | None

    @property
    def summary(self) -> str:
        """What the plan does, with its changes by name where another one is best alone, and what that is."""
        if self.ranking is None:
            return self.plan.summary
        best = next((each.narrowing for each in self.ranking.ranked if each.helps), None)
        changes = self.plan.narrowings
        if not changes or best is None or best in changes:
            return f"{self.plan.summary}\n{self.ranking.summary}"
        named = "; ".join(each.name for each in changes)
        return f"{self.plan.summary} The plan: {named}.\nBest alone is another change. {self.ranking.summary}"

    def tables(self) -> list[Table]:
        """The plan first."""
        return [*self.plan.tables(), *(self.ranking.tables() if self.ranking else [])]

    def to_dict(self) -> Mapping[str, Any]:
        """Plan and ranking as plain data."""
        return {"plan": self.plan.to_dict(), "ranking": self.ranking.to_dict() if self.ranking else None}


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """What is to be chosen, and how, and in which form it is to be shown."""

    policy: str | None
    goal: str | None
    budget: int | None
    exact: bool
    time_limit: float | None
    candidates: bool
    only_diff: bool
    write: str | None
    scheduler: str | None


@click.command(short_help="What to narrow, and what it costs.")
@scenario_argument
@policy_option
@every_run_options
@scheduler_option
@click.option("--goal", "-g", metavar="NAME", shell_complete=complete_goals,
              help="What must be out of reach. Default: make the value lost smaller.")  # fmt: skip
@click.option("--budget", type=WholeNumber(min=1), default=None, help="Make at most so many changes.")
@click.option("--exact", is_flag=True, help="The cheapest set of removals, with a proof. Needs --goal.")
@click.option("--time-limit", type=Seconds(min=0), default=None, metavar="SECONDS",
              help="When --exact stops, and gives the best plan so far with its gap to the cheapest. The first "
                   "plan, a greedy one, is always finished, however long that takes. Default: 30.")  # fmt: skip
@click.option("--candidates", is_flag=True, help="Only list every change that there is, with its cost; replay nothing.")
@click.option("--without", metavar="KIND,...", callback=names,
              help="Kinds of change that are out of the question, such as constrain-sender.")  # fmt: skip
@click.option(
    "--write",
    metavar="FILE",
    default=None,
    help="Write the narrowed scenario to FILE; its own file is changed in place.",
)
@click.option("--diff", "only_diff", is_flag=True, help="Print only what to change in the file, for `git apply`.")
@click.option("--as", "kind", metavar="KIND", default=None,
              help="Print what to change in the files that the scenario was imported from, for `git apply`: KIND is "
                   "agent, github-actions or kubernetes; aws, for policy documents and the calls that bring "
                   "them; or cedar, for new files with Cedar policies.")  # fmt: skip
@click.option("--against", metavar="REVISION", default=None,
              help="With --as: take back all that is new since this git branch was left.")  # fmt: skip
@click.option("--baseline", "-b", metavar="FILE", default=None,
              help="With --as: take back all that is new since this baseline.")  # fmt: skip
@output_options(pictures=True)
@click.pass_obj
def narrow(
    terminal: Terminal,
    scenario: str,
    policy: str | None,
    entry_points: tuple[str, ...] | None,
    trials: int,
    seed: int,
    threads: int | None,
    scheduler: str | None,
    goal: str | None,
    budget: int | None,
    exact: bool,
    time_limit: float | None,
    candidates: bool,
    without: tuple[str, ...] | None,
    write: str | None,
    only_diff: bool,
    kind: str | None,
    against: str | None,
    baseline: str | None,
    format_: str | None,
    out: str,
) -> int:
    """Recommend what to narrow, the best gain for its cost first, and show the scenario file before and after.

    Every narrowing that the model offers is screened by the worst case, the best are replayed, and nothing that breaks
    a task is recommended. With --goal the plan puts the goal out of reach even in the worst case: by removals chosen
    greedily, or, where none do, by one change of another kind; with --exact by the cheapest set of removals, and the
    proof that no cheaper one does. With --budget (and without --exact)
    it is the best few changes of any kind, which need not be enough.

    With --as only what such files can say is chosen, and the answer is a patch of them: imported again before it is
    shown, with what it rests on above it. docs/artifacts.md says what each kind can say.

    Exits with 1 if the goal cannot be cut off so without breaking a task (or, with --exact, within the budget).

    \b
    Examples:
      simkit narrow scenario.yaml
      simkit narrow scenario.yaml --out narrowings.svg
      simkit narrow scenario.yaml --goal customers-leaked --exact --without constrain-sender
      simkit narrow scenario.yaml --goal customers-leaked --budget 3 --write narrowed.yaml
      simkit narrow scenario.yaml --goal customers-leaked --budget 3 --diff | git apply
      simkit narrow scenario.yaml --as agent --against origin/main | git apply
    """
    _check_question(exact, goal, time_limit)
    _check_form(candidates, only_diff, exact, budget, write, format_)
    asked = {"entry_points": entry_points, "trials": trials, "seed": seed, "threads": threads, "without": without or ()}
    choice = PlanAsked(policy, goal, budget, exact, time_limit, candidates, only_diff, write, scheduler)
    if scheduler is not None and (candidates or exact or against is not None or baseline is not None):
        raise click.UsageError("--scheduler replays, and here hardly anything is replayed: leave it out")
    if kind is not None or against is not None or baseline is not None:
        return _as_artifact(terminal, scenario, kind, (against, baseline), choice, asked, (format_, out))
    return _as_scenario(terminal, scenario, choice, asked, (format_, out))


def _as_scenario(
    terminal: Terminal, file: str, choice: PlanAsked, asked: Mapping[str, Any], said: tuple[str | None, str]
) -> int:
    """The plan and the scenario after it, or every change that there is."""
    formats = ("patch",) if choice.only_diff else FORMATS
    drawn = not (choice.only_diff or choice.candidates or choice.exact)
    output = Output.planned(terminal, "narrow", said, file, formats=formats, pictures=drawn)
    check_write(choice.write, output.out, file)
    world = load(file)
    say_what_is_not_known(terminal, world)
    if choice.candidates:
        _list(terminal, world, choice.policy, choice.goal, asked, output)
        return FINE
    with terminal.working("screening and replaying narrowings"):
        found = _found(world, choice, asked, plan_alone=choice.only_diff)
    if choice.only_diff:
        output.text(difference(world, found.plan.narrowed) if found.plan.possible else "")
        return FINE if found.plan.possible else DOES_NOT_HOLD
    on_screen = output.out == "-"
    for_programs = output.format not in ("text", "markdown")
    shown = not (on_screen and for_programs) and not terminal.quiet and found.plan.narrowings
    change = _diff(world, found.plan, fenced=on_screen and output.format == "markdown") if shown else ""
    _write(terminal, found.plan, choice.write)
    picture = drawn_as("narrowings", found.ranking) if found.ranking else None
    output.result(found, (), cautions(world, [choice.policy], asked["entry_points"]), picture=picture)
    if change:
        click.echo(harmless(change))
    if choice.exact and not found.plan.possible and choice.budget is None:
        terminal.note("note: without --exact, a change of another kind is looked for")
    return FINE if found.plan.possible else DOES_NOT_HOLD


def _check_question(exact: bool, goal: str | None, time_limit: float | None) -> None:
    """Raises UsageError for options that say two things, or of which one says nothing."""
    if exact and goal is None:
        raise click.UsageError("--exact cuts a goal off: name it with --goal")
    if time_limit is not None and not exact:
        raise click.UsageError("--time-limit is for --exact: add that, or leave the limit out")


def _check_form(
    candidates: bool, only_diff: bool, exact: bool, budget: int | None, write: str | None, format_: str | None
) -> None:
    """Raises UsageError for ways to answer that exclude each other."""
    if candidates and (exact or budget is not None or write is not None or only_diff):
        raise click.UsageError("--candidates only lists: leave out --exact, --budget, --write and --diff")
    if format_ in PICTURES and (candidates or exact):
        raise click.UsageError("a picture shows what each change buys: leave out --candidates and --exact")
    if only_diff and (format_ is not None or write is not None):
        raise click.UsageError("--diff prints the change alone: leave out --format and --write")


def _diff(world: Scenario, plan: Plan, *, fenced: bool) -> str:
    """What changes in the scenario's own file, or in its canonical form where it is in no file that is edited in
    place; as a block of Markdown if `fenced`."""
    try:
        told = difference(world, plan.narrowed)
    except InputError:
        told = plan.diff()
    text = "\n".join(printable(line) for line in told.rstrip("\n").split("\n"))
    return f"\n```diff\n{text}\n```" if fenced else f"\n{text}"


def _list(
    terminal: Terminal,
    world: Scenario,
    policy: str | None,
    goal: str | None,
    asked: Mapping[str, Any],
    output: Output,
) -> None:
    """Every change with its cost."""
    import simkit.narrowing as narrowing

    wanted = {name: asked[name] for name in ("entry_points", "threads", "without")}
    with terminal.working("weighing narrowings"):
        found = narrowing.weigh(world, policy, goal=goal, **wanted)
    output.result(found, (), cautions(world, [policy], asked["entry_points"]))


def _as_artifact(
    terminal: Terminal,
    file: str,
    kind: str | None,
    since: tuple[str | None, str | None],
    choice: PlanAsked,
    asked: dict[str, Any],
    said: tuple[str | None, str],
) -> int:
    """The patch of what was imported, of the best changes that it can say, or of all that is new since then."""
    from simkit.artifacts import ImportedSources, carried_out
    from simkit.cli.artifact_files import artifact_kind, as_it_was, check_place, taken_back, write_artifact

    format_, out = said
    if kind is None:
        raise click.UsageError("--against and --baseline take back what is new in imported files: say which with --as")
    if choice.candidates or choice.only_diff or choice.write is not None or format_ not in (None, "json"):
        raise click.UsageError("--as prints a patch, or JSON: leave out --candidates, --write, --diff and --format")
    if any(since) and (choice.goal or choice.budget or choice.exact or all(since)):
        raise click.UsageError("--against or --baseline takes back all that is new: leave out what chooses")
    row = artifact_kind(kind)
    check_place(out)
    world = load(file)
    with terminal.working(f"narrowing as {kind}"):
        sources = ImportedSources.of(world, row.imported) if row.imported else None
        if sources is not None and sources.is_stale:
            terminal.note(f"note: {sources.parts[row.imported]} is not what the files say: they are what is narrowed")
            world = sources.scenario
        offers = [each for each in row.offers(world, sources) if each.kind not in asked["without"]]
        before = as_it_was(world, *since)
        if before is not None:
            asked = {name: value for name, value in asked.items() if name != "without"}
            plan = taken_back(world, before, offers, {**asked, "policy": choice.policy})
        else:
            plan = _found(world, choice, {**asked, "among": offers}, plan_alone=True).plan
        made = carried_out(row, plan.scenario, sources, plan.narrowings)
    return write_artifact(terminal, plan, made, before, said)


def _found(world: Scenario, choice: PlanAsked, asked: Mapping[str, Any], *, plan_alone: bool = False) -> Narrowed:
    """The plan with the ranking behind it; the ranking is left out where only the plan is shown, and does not need
    it."""
    import simkit.narrowing as narrowing

    policy, goal = choice.policy, choice.goal
    if goal is not None and (choice.exact or choice.budget is None):
        limits: dict[str, Any] = {} if choice.time_limit is None else {"time_limit": choice.time_limit}
        wanted = {**limits, **asked}
        plan = narrowing.cut_off(world, policy, goal=goal, exact=choice.exact, budget=choice.budget, **wanted)
        if choice.exact or (plan_alone and plan.possible):
            return Narrowed(plan, None)
        # of a ranking that nobody is shown only the first is looked at, and no changes together
        told: dict[str, Any] = {"budget": 0} if plan_alone else {}
        ranking = narrowing.recommend(world, policy, goal=goal, executor=choice.scheduler, **told, **asked)
        other = None if plan.possible else narrowing.cut_by_one(ranking)
        return Narrowed(other or plan, ranking)
    changes: dict[str, Any] = {} if choice.budget is None else {"budget": choice.budget}
    ranking = narrowing.recommend(world, policy, goal=goal, executor=choice.scheduler, **changes, **asked)
    return Narrowed(narrowing.plan_from(ranking), ranking)


def _write(terminal: Terminal, plan: Plan, write: str | None) -> None:
    """Write the narrowed scenario, once it has been read back."""
    if write is None:
        return
    if not plan.possible:
        terminal.note(f"note: wrote nothing to {write}: there is no plan")
        return
    write_scenario(
        terminal, plan.scenario, plan.narrowed, write, "" if plan.narrowings else ", which is the scenario as it was"
    )
