"""What each dial buys in every shipped incident, and what each thing that responders do buys in some of them:
`python scenarios/ablate.py --out results/ablation.md`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import simkit
from simkit.ablation.moves import everywhere
from simkit.ablation.samples import saved
from simkit.ablation.shapley import shares_by_sample
from simkit.distributions import Fixed
from simkit.model import Detection, ResponseAction
from simkit.policies import DIALS
from simkit.scenario import Scenario
from simkit.table import Cell, Table, percent

ROOT = Path(__file__).parent
FILES = (ROOT / "starter.yaml", *sorted((ROOT / "incidents").glob("*.yaml")))
TRIALS = 400
NAMED_DIALS = tuple(name for name, dial in DIALS.items() if not dial.opted_into)
"""The dials that the named policies turn."""
FULL = ("salesloft-drift", "drift-aws")
"""The attack that is shown in full: scenario and entry point."""

RESPONDED = (
    ("starter", "leaked-ci-secret"),
    ("incidents/tanstack", "fork-pull-request"),
    ("incidents/tj-actions", "token-used-at-once"),
    ("incidents/trivy-teampcp", "used-at-once"),
)
"""The attacks that are answered quickly: file and entry point."""
SWITCHES: Mapping[str, tuple[str, ...]] = {
    "log identity events and actions": (),
    "terminate sessions": ("terminate-sessions",),
    "clean content": ("clean-content",),
    "evict code": ("evict-code",),
}
"""What responders may do besides revoking secrets, and their actions for it."""
SEEN, ANSWERED = Fixed(5.0), Fixed(210.0)
"""What a vendor reports of its customers: seen within 5 s, answered after 3.5 min (Sysdig, 2025; docs/numbers.md)."""

RESPONSES = """\
## What responders buy

As recorded, responders came when all was lost: whatever else they had done, at most {most} of the loss of any shipped
attack would have been spared. So some of the attacks are answered here as a quick team would: whatever raises an alert
raises it within 5 seconds, and what responders do is done 210 seconds after they know of a thing (both as a vendor
reports of its customers). They always revoke the secrets that they know of. What do four more things buy under `rbac`?
To log identity events and actions, so that what is known leads to more; to terminate sessions; to clean planted
content; to evict code. Every combination (2^4 = 16) is replayed on the same {trials} samples, seed 0; secrets rotate on
no schedule. *Alone*: nothing else is done. *Last*: all else is. The *part* is the Shapley value. A dash is no
difference.

"""

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
    for file in FILES:
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
            *(part(one, dial) for dial in NAMED_DIALS),
            len(list(one.best())) - 1,
        )
        for one in found
    ]
    note = "Enough: how many dials leave as little as all of them. What no dial changes is the attack inside the "
    note += "task's own grant, or a third party's secret that no grant policy governs."
    return Table(("attack", "rbac loses", "zero-standing loses", *NAMED_DIALS, "enough"), rows, note=note)


def part(one: simkit.Ablation, dial: str) -> str | None:
    """The part of `dial` in the whole; None where it cannot be told from zero."""
    effect = one[dial]
    if effect.is_none or 0.0 in one.whole:
        return None
    share = effect.share.estimate / one.whole.estimate
    return percent(share) if share >= 0 else f"-{percent(-share)}"


def quick(scenario: Scenario) -> Scenario:
    """The scenario with the chances of its alerts, but as fast as a quick team."""
    model, response = scenario.model, scenario.response
    resources = {
        name: replace(each, shows_itself=_at_once(each.shows_itself)) for name, each in model.resources.items()
    }
    tools = {
        name: replace(
            tool,
            operations={
                key: replace(each, shows_itself=_at_once(each.shows_itself)) for key, each in tool.operations.items()
            },
        )
        for name, tool in model.tools.items()
    }
    detection = {event: replace(each, delay=SEEN) for event, each in response.detection.items()}
    answered = replace(response, detection=detection, delay=ANSWERED, remediation_lag=ANSWERED)
    return replace(scenario, model=replace(model, resources=resources, tools=tools), response=answered)


def _at_once(sign: Detection | None) -> Detection | None:
    return replace(sign, delay=SEEN) if sign else None


def losses(scenario: Scenario, entry: str, policy: str) -> list[NDArray[np.float64]]:
    """What each sample loses, for every combination of the switches: bit i of its place is the i-th."""
    return [_lost(scenario, entry, policy, mask) for mask in range(1 << len(SWITCHES))]


def _lost(scenario: Scenario, entry: str, policy: str, mask: int) -> NDArray[np.float64]:
    on = [name for place, name in enumerate(SWITCHES) if mask >> place & 1]
    kinds = ("revoke-secret", *(kind for name in on for kind in SWITCHES[name]))
    response = replace(
        scenario.response, actions=tuple(map(ResponseAction, kinds)), rotation_period=1000 * scenario.horizon
    )
    logged = "automatic" if next(iter(SWITCHES)) in on else "manual"
    chosen = everywhere(scenario.grant_policy(policy), f"{policy} {logged}", {"response": logged})
    answered = replace(scenario, response=response)
    return simkit.simulate(answered, chosen, entry_point=entry, trials=TRIALS).values


def responses() -> Iterator[Table]:
    """What each switch buys in each of the attacks that are answered quickly."""
    for file, entry in RESPONDED:
        yield _bought(quick(simkit.load(ROOT / f"{file}.yaml")), entry)


def _bought(scenario: Scenario, entry: str) -> Table:
    found = losses(scenario, entry, "rbac")
    parts = shares_by_sample([found[0] - each for each in found])
    rows: list[tuple[Cell, ...]] = [("nothing else", float(found[0].mean()), None, None, None)]
    for place, name in enumerate(SWITCHES):
        alone, without = found[1 << place], found[(len(found) - 1) ^ 1 << place]
        effects = (saved(found[0], alone), saved(without, found[-1]), saved(parts[place], 0.0 * parts[place]))
        rows.append((name, float(alone.mean()), *(None if 0.0 in each else each.estimate for each in effects)))
    rows.append(("all four", float(found[-1].mean()), None, None, None))
    return Table(("they also", "lost", "saves alone", "saves last", "part"), rows, f"{scenario.name}: {entry}")


def most_saved_as_recorded() -> float:
    """The largest share of a loss that all switches together save, with the delays of the files."""
    most = 0.0
    for file in FILES:
        scenario = simkit.load(file)
        slow = replace(scenario, response=replace(scenario.response, delay=scenario.response.remediation_lag))
        for entry in scenario.entry_points:
            without, done = (_lost(slow, entry, scenario.policy, mask) for mask in (0, (1 << len(SWITCHES)) - 1))
            most = max(most, 1.0 - float(done.mean() / without.mean())) if without.any() else most
    return most


def text(found: list[simkit.Ablation]) -> str:
    """The whole page."""
    shown = next(one for one in found if (one.provenance.scenario, one.provenance.entry_point) == FULL)
    parts = [HEAD.format(trials=TRIALS) + matrix(found).markdown(), f"## In full: {': '.join(FULL)}", shown.summary]
    parts += [table.markdown() for table in shown.tables()]
    parts.append(RESPONSES.format(trials=TRIALS, most=percent(most_saved_as_recorded())).strip())
    parts += [table.markdown() for table in responses()]
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
