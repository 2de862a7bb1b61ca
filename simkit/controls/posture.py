"""What measures are taken on: one scenario under its policy, with each dial at each other setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simkit.ablation import Ladder, Sampled
from simkit.ablation.moves import setting
from simkit.ablation.samples import Floats, averaged, saved
from simkit.blast_radius import Interval, intervals
from simkit.model import Identity, Model
from simkit.privilege import OverPrivilege
from simkit.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was measured, in words and as `numbers`; where nothing was, `found` is False and the words say why."""

    text: str
    numbers: Mapping[str, object] = field(default_factory=dict)
    found: bool = True

    @classmethod
    def nothing(cls, why: str) -> Assessment:
        """No evidence, and why."""
        return cls(why, {}, False)


@dataclass(frozen=True, eq=False)
class Posture:
    """A scenario with all that measures need: the ladder of settings, complete revocation, and over-privilege.

    `name` is what is lost (`value lost`, or the share of goals). Means are over the entry points replayed, each as
    likely as the next.
    """

    scenario: Scenario
    ladder: Ladder
    complete: Sampled
    privilege: OverPrivilege
    name: str

    @property
    def model(self) -> Model:
        """What exists in the scenario."""
        return self.scenario.model

    @property
    def base(self) -> Sampled:
        """The samples under the policy in force."""
        return self.ladder.base

    def entries(self, *kinds: str) -> list[str]:
        """The entry points replayed whose kind is one of `kinds`."""
        return [name for name in self.base.lost if self.scenario.entry_points[name].kind in kinds]

    def said(self, interval: Interval) -> str:
        """An amount lost, with its interval."""
        return self.base.measure.unit.spread(interval)

    def stands(self, dial: str) -> str:
        """Where `dial` stands in force."""
        return setting(self.base.policy, dial)

    def loss(self, entries: Sequence[str] = ()) -> Interval:
        """The mean loss under the policy in force."""
        return self.base.mean_loss(entries)

    def turned(self, dial: str, to: str, weaker: str, entries: Sequence[str] = ()) -> Assessment:
        """What `dial` at `to` saves, alone; where it stands there or stronger already, what `weaker` would lose."""
        if not self.ladder.stands(dial, to):
            return self._move(dial, to, entries)
        if self.ladder.stands(dial, weaker) and self.stands(dial) != weaker:
            kept = self._move(dial, weaker, entries)
            return Assessment(f"{dial} stands at {self.stands(dial)} already; turned back: {kept.text}", kept.numbers)
        return Assessment.nothing(f"{dial} stands at {self.stands(dial)}, and nothing weaker was replayed")

    def _move(self, dial: str, to: str, entries: Sequence[str]) -> Assessment:
        difference = self.ladder.saved(dial, to, entries)
        before, after = self.loss(entries), self.ladder.at(dial, to).mean_loss(entries)
        text = f"{dial} {self.stands(dial)} to {to}: mean {self.name} {self.said(before)} to {self.said(after)}"
        text += ", no difference" if 0.0 in difference else f", saved {self.said(difference)}"
        numbers = {"before": before.to_dict(), "after": after.to_dict(), "saved": difference.to_dict()}
        return Assessment(text, numbers)

    def revoked_completely(self) -> Interval:
        """How much less is lost if no credential is forgotten by the response."""
        return saved(self.base.loss(), self.complete.loss())

    def mean_of(self, column: Mapping[str, Floats]) -> Interval:
        """The mean of a column of the samples in force, over all entry points."""
        return intervals.mean(averaged(column).tolist())

    def identities(self, *kinds: str) -> list[Identity]:
        """The identities whose kind is one of `kinds`."""
        return [identity for identity in self.model.identities.values() if identity.kind in kinds]
