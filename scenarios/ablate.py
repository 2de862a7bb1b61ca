"""What each dial buys in every shipped incident: `python scenarios/ablate.py --out results/ablation.md`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import simkit
from simkit.policies import DIALS
from simkit.table import Table, percent

ROOT = Path(__file__).parent
TRIALS = 400
FULL = ("salesloft-drift", "drift-aws")
"""The attack that is shown in full: scenario and entry point."""

HEAD = """\
# What each dial buys

Remade by `python scenarios/ablate.py --out results/ablation.md`.

From `rbac` to `zero-standing`, every combination of the dials in which they differ (2^7 = 128 compiled policies for
each attack), replayed on the same {trials} samples, seed 0. The drop in the mean value lost is attributed to each dial
by its Shapley value; the parts add up to the whole exactly. A dash is a part that cannot be told from zero. How to read
it: [docs/controls.md](../docs/controls.md).

"""


def ablations() -> Iterator[simkit.Ablation]:
    """The ablation of each entry point of the starter and the incidents."""
    for file in [ROOT / "starter.yaml", *sorted((ROOT / "incidents").glob("*.yaml"))]:
        scenario = simkit.load(file)
        for entry in scenario.entry_points:
            yield simkit.ablate(scenario, entry, "rbac", trials=TRIALS)


def matrix(found: list[simkit.Ablation]) -> Table:
    """A row for each attack, a column for each dial: its part of the whole."""
    rows = [
        (
            f"{one.provenance.scenario}: {one.provenance.entry_point}",
            one.before.loss.estimate,
            one.after.loss.estimate,
            *(part(one, dial) for dial in DIALS),
            len(list(one.best())) - 1,
        )
        for one in found
    ]
    note = "Enough: how many dials leave as little as all of them. What no dial changes is the attack inside the "
    note += "task's own grant, or a third party's secret that no grant policy governs."
    return Table(("attack", "rbac loses", "zero-standing loses", *DIALS, "enough"), rows, note=note)


def part(one: simkit.Ablation, dial: str) -> str | None:
    """The part of `dial` in the whole; None where it cannot be told from zero."""
    effect = one[dial]
    if effect.is_none or 0.0 in one.whole:
        return None
    share = effect.share.estimate / one.whole.estimate
    return percent(share) if share >= 0 else f"-{percent(-share)}"


def text(found: list[simkit.Ablation]) -> str:
    """The whole page."""
    shown = next(one for one in found if (one.provenance.scenario, one.provenance.entry_point) == FULL)
    parts = [HEAD.format(trials=TRIALS) + matrix(found).markdown(), f"## In full: {': '.join(FULL)}", shown.summary]
    parts += [table.markdown() for table in shown.tables()]
    digests = dict.fromkeys(f"{one.provenance.scenario} `{one.provenance.digest[:12]}`" for one in found)
    return "\n\n".join([*parts, f"Scenarios: {', '.join(digests)}."]) + "\n"


def main() -> None:
    """Write the page to --out, or to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", help="the file to write")
    out = parser.parse_args().out
    page = text(list(ablations()))
    if out:
        Path(out).write_text(page, "utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main()
