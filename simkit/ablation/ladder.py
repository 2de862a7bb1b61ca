"""Every setting of every dial, turned alone from the policy in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simkit.ablation.moves import everywhere, leaves
from simkit.ablation.samples import Sampled, sampled, saved
from simkit.blast_radius import Interval
from simkit.policies import DIALS, GrantPolicy
from simkit.scenario import Scenario

CONTAINS = "response"
"""The dial of which it is asked, too, when attacks are contained."""


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The policy in force (`base`), and it with one dial at another setting: `rungs` by (dial, setting). What was asked
    of the rungs is the loss alone, but of those of the response."""

    base: Sampled
    rungs: Mapping[tuple[str, str], Sampled]

    def __repr__(self) -> str:
        return f"Ladder({self.base.policy.name}: {len(self.rungs)} settings turned alone)"

    def at(self, dial: str, setting: str) -> Sampled:
        """The samples with `dial` at `setting`; those of the policy in force where it stands there."""
        return self.rungs.get((dial, setting), self.base)

    def saved(self, dial: str, setting: str, entries: Sequence[str] = ()) -> Interval:
        """How much less is lost with `dial` at `setting`, paired."""
        return saved(self.base.loss(entries), self.at(dial, setting).loss(entries))

    def stands(self, dial: str, setting: str) -> bool:
        """True if `dial` is at `setting` or stronger already, for every identity."""
        return all(leaf.at_least(dial, setting) for leaf in leaves(self.base.policy))


def ladder(
    scenario: Scenario,
    policy: GrantPolicy,
    entries: Sequence[str],
    *,
    trials: int,
    seed: int,
    threads: int | None = None,
) -> Ladder:
    """Replay `entries` under `policy`, and with each dial at each other setting."""

    def run(chosen: GrantPolicy, *, only_loss: bool) -> Sampled:
        workers = (threads, None)
        return sampled(scenario, chosen, entries, trials=trials, seed=seed, workers=workers, only_loss=only_loss)

    rungs = {}
    for dial, row in DIALS.items():
        if row.opted_into and all(getattr(leaf, dial) == row.start for leaf in leaves(policy)):
            continue
        for setting in row.settings:
            if any(getattr(leaf, dial) != setting for leaf in leaves(policy)):
                turned = everywhere(policy, f"{policy.name} + {dial} {setting}", {dial: setting})
                rungs[dial, setting] = run(turned, only_loss=dial != CONTAINS)
    return Ladder(run(policy, only_loss=False), rungs)
