"""What `simkit init` answers: what strangers get, what each secret opens, what other policies would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from simkit.cli.output import Answer
from simkit.cli.terminal import Terminal
from simkit.table import Table, format_number, percent

if TYPE_CHECKING:
    from simkit.blast_radius import BlastRadius
    from simkit.blast_radius.ranking import Ranked, Ranking
    from simkit.scenario import Scenario

TRIALS = 200
MOST_ROWS = 12
"""So many entry points, secrets and identities are shown."""
MOST_NAMED = 4
"""So many goals of a row are named."""
LARGE = 2000
"""With more things than this nothing is replayed for a first answer: it would take long."""


def first_answer(scenario: Scenario, terminal: Terminal) -> Iterator[Answer]:
    """The answers, the most urgent first. Nothing in it is more than a first look: each names the command that tells
    the rest."""
    import simkit.simulation

    large = len(scenario.model.identities) + len(scenario.model.resources) > LARGE
    worst = ""
    if not large:
        with terminal.working(f"replaying {TRIALS} trials of each way in"):
            ways = _ways_in(scenario)
        if ways:
            worst = ways[0].provenance.entry_point if ways[0].goals_reached() else ""
            yield _gets(ways)
    with terminal.working("ranking"):
        ranking = simkit.simulation.rank(scenario)
    yield from _opens(ranking)
    if large:
        yield Answer(
            "Compare policies with `simkit compare scenario.yaml`; there is too much for a first look.", (), {}
        )
        return
    with terminal.working(f"replaying {TRIALS} trials under each policy"):
        first = worst or _worst_loss(scenario, ranking)
        compared = simkit.simulation.compare(scenario, entry_point=first, trials=TRIALS)
    yield Answer(compared.summary, tuple(compared.tables()[:1]), {})


def _ways_in(scenario: Scenario) -> list[BlastRadius]:
    """What comes of each way in that strangers have: words that are poisoned, and code of theirs that runs. The worst
    first."""
    import simkit.simulation
    from simkit.simulation import replayed

    names = [
        name
        for name, entry in scenario.entry_points.items()
        if entry.kind == "poison" or name.startswith("a stranger") or name == "anybody asks"
    ]
    if not names:
        return []
    attack = simkit.simulation.compile_attack(scenario, through=names)
    found = [replayed(attack, name, trials=TRIALS, seed=0) for name in names]
    return sorted(found, key=lambda each: -each.goals_reached())


def _gets(ways: Sequence[BlastRadius]) -> Answer:
    """What each way in gets."""
    goals = list(ways[0].legend.goals)
    rows = []
    for each in ways[:MOST_ROWS]:
        chances = {goal: each.chance(goal).estimate for goal in goals}
        reached = sorted((goal for goal in goals if chances[goal]), key=lambda goal: -chances[goal])
        told = [f"{goal} ({percent(chances[goal])})" for goal in reached]
        rows.append((each.provenance.entry_point, f"{len(reached)} of {len(goals)}", _some(told)))
    worst = ways[0]
    meaning = f"{TRIALS} trials; in brackets: the chance within the horizon"
    table = Table(("way in", "goals", "what it gets"), rows, title="What strangers' words and code get", note=meaning)
    said = f"{worst.provenance.entry_point} gets the most: {percent(worst.goals_reached())} of the goals on average."
    if not worst.goals_reached():
        said = "Strangers' words and code get nothing, as far as these files say."
    return Answer(said, (table,), {})


def _worst_loss(scenario: Scenario, ranking: Ranking) -> str:
    """The entry point through which the worst to lose is lost, of those that the scenario has."""
    by_name = {entry.target: name for name, entry in scenario.entry_points.items()}
    return next((by_name[row.name] for row in ranking.rows if row.name in by_name), next(iter(scenario.entry_points)))


def _some(told: Sequence[str]) -> str | None:
    more = f", and {len(told) - MOST_NAMED} more" if len(told) > MOST_NAMED else ""
    return ", ".join(told[:MOST_NAMED]) + more if told else None


def _opens(ranking: Ranking) -> Iterator[Answer]:
    """What each secret opens, and what whoever runs in an identity gets; the worst first."""
    tables = (
        _table("What each secret opens", "secret", [row for row in ranking.rows if row.kind == "credential"]),
        _table("What code in each identity gets", "identity", [r for r in ranking.rows if r.kind != "credential"]),
    )
    yield Answer(_worst(ranking), tuple(table for table in tables if table.rows), {})


def _worst(ranking: Ranking) -> str:
    if not ranking.rows or ranking.rows[0].value:
        return ranking.summary
    row = ranking.rows[0]
    return (
        f"Under {ranking.provenance.policy}, {row.kind} {row.name} is the worst to lose: {percent(row.impact)} of the "
        "environment is in its reach. What losing a thing costs is not said yet: give resources a `value`."
    )


def _table(title: str, noun: str, rows: Sequence[Ranked]) -> Table:
    """The rows that reach a goal, those that reach the same as one."""
    alike: dict[tuple[str, ...], list[Ranked]] = {}
    reaching = [row for row in rows if row.goals]
    for row in reaching:
        alike.setdefault(row.goals, []).append(row)
    shown = [
        (", ".join(_names(group)), percent(max(row.impact for row in group)), _some(goals))
        for goals, group in list(alike.items())[:MOST_ROWS]
    ]
    idle = len(rows) - len(reaching)
    notes = ["worst case: chances and time are ignored"]
    notes += [f"{format_number(idle)} more open nothing that is a goal"] if idle else []
    notes += ["`simkit rank scenario.yaml` has all"] if len(alike) > MOST_ROWS else []
    return Table((noun, "impact %", "goals in reach"), shown, title=title, note="; ".join(notes))


def _names(group: Iterable[Ranked]) -> list[str]:
    names = [row.name for row in group]
    return [*names[:MOST_NAMED], *([f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else [])]
