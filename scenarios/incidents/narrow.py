"""What to narrow first in each incident? `python scenarios/incidents/narrow.py --out FILE`.

Reads the scenarios beside it and writes Markdown. The question is the first goal that the record says was reached (the
first goal where nothing was), through the first entry point, under the policy in force.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from simkit.narrowing import Plan, Recommendations, cut_off, recommend
from simkit.scenario import Scenario, load
from simkit.table import Table, percent

HERE = Path(__file__).parent
TRIALS = 1000
SHOWN = 3

TEXT = """\
# What to narrow first, incident by incident

Remade by `python scenarios/incidents/narrow.py --out results/narrowing.md`: {trials:,} trials, seed 0, through the
first entry point of each file, under the policy in force. The chance is that of the first goal that the public record
says was reached. Costs are in the price of one change; 0 means that nobody's declared work leans on what goes. The
*cheapest cut* is the proven least number of removals after which not even the worst case reaches the goal while every
task still works; a dial or a condition may still do what no removal does. *2, as 1*: at the same price, no difference
to 1 can be told, sample by sample. What the record says about each recommendation stands in
[docs/narrowing.md](../docs/narrowing.md).
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one incident."""

    scenario: Scenario
    goal: str
    ranking: Recommendations
    plan: Plan


def goal_of(scenario: Scenario) -> str:
    """The first goal that the record says was reached, else the first goal."""
    reached = scenario.incident.reached if scenario.incident else ()
    return reached[0] if reached else next(iter(scenario.goals))


def found(path: Path, trials: int = TRIALS) -> Found:
    """The ranking and the cheapest cut for the incident in `path`."""
    scenario = load(path)
    goal, entry = goal_of(scenario), next(iter(scenario.entry_points))
    ranking = recommend(scenario, entry_points=entry, goal=goal, trials=trials, budget=1)
    return Found(scenario, goal, ranking, cut_off(scenario, entry_points=entry, goal=goal, trials=100))


def overview(every: list[Found]) -> Table:
    """One row for each incident: its first recommendation and its cheapest cut."""
    rows = []
    for each in every:
        first = next((r for r in each.ranking if r.helps), None)
        cut = str(len(each.plan.narrowings)) if each.plan.possible else "no removals do"
        before = each.ranking.curve[0].effect.chance
        chance = percent(before.estimate) if before else None
        if first is None or first.after.chance is None:
            rows.append((each.scenario.name, each.goal, "no narrowing helps", None, chance, None, cut))
            continue
        after = percent(first.after.chance.estimate)
        rows.append((each.scenario.name, each.goal, first.narrowing.name, round(first.price, 3), chance, after, cut))
    return Table(("incident", "goal", "first", "costs", "chance before", "after", "cheapest cut"), rows)


def section(each: Found) -> str:
    """The first few recommendations for one incident, and its cheapest cut."""
    ranked = each.ranking.ranked[:SHOWN]
    rows = [
        (
            f"{place}, as {r.ties_with}" if r.ties_with else str(place),
            r.narrowing.name,
            round(r.price, 3),
            "no difference" if r.is_none else percent(r.less.estimate),
            r.bearing.at or None,
            r.bearing.ids or None,
        )
        for place, r in enumerate(ranked, 1)
    ]
    table = Table(("", "what to narrow", "costs", "chance falls by", "takes away", "relevant to"), rows)
    cut = [f"- {narrowing.name}" for narrowing in each.plan.narrowings]
    parts = [
        f"## {each.scenario.name}",
        table.markdown(),
        f"Cheapest cut: {each.plan.summary}",
        *(["\n".join(cut)] if cut else []),
    ]
    return "\n\n".join(parts)


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    every = [found(path) for path in sorted(HERE.glob("*.yaml"))]
    parts = [TEXT.format(trials=TRIALS), overview(every).markdown(), *map(section, every)]
    out.write_text("\n\n".join(part.strip() for part in parts) + "\n", "utf-8")


if __name__ == "__main__":
    main()
