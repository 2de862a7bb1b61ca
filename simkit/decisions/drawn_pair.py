"""Whether one design loses less than another whatever is not known, in one attack after another: a study over draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simkit.decisions.decisions import Weighed, weighed
from simkit.decisions.drawn_losses import Inquiry
from simkit.decisions.drawn_values import Floats
from simkit.decisions.preference import Decider, Preference
from simkit.decisions.swap import PRICED
from simkit.decisions.words import number_text, range_text
from simkit.measures import SHARE
from simkit.policies import GrantPolicy
from simkit.scenario import Scenario
from simkit.scenario.numbers_at import not_known
from simkit.table import Table, percent
from simkit.unknowns import kind_of

CLEAR, BY_CHANCE = 2.0, 0.1
"""A difference of so many standard errors is seen; in one draw of twenty it is, where there is none."""


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """One attack (or all of a scenario's) over draws: what is said of it is about losses alone, nothing is priced."""

    name: str
    preference: Preference
    saved: tuple[float, float] | None
    """Which shares of the loss are saved, in nine draws of ten; None where nothing is lost in any draw."""
    clear: bool = True
    """False where what differs is no more than what the trials of the draws leave open."""

    @property
    def answer(self) -> str:
        """`always less`, `depends`, `never less` or `no difference`."""
        made = self.preference
        if made.equal == 1.0 or not self.clear:
            return "no difference"
        if made.status == "OPEN":
            return "depends"
        return "always less" if made.cheaper.estimate > 0.5 else "never less"

    @property
    def decider(self) -> Decider | None:
        """What it depends on most; None where it does not depend, or on several together."""
        return next((each for each in self.preference.deciders if each.bears), None) if self.is_open else None

    @property
    def is_open(self) -> bool:
        """True where it depends."""
        return self.answer == "depends"

    def row(self) -> tuple[str | None, ...]:
        """The attack, the answer, the share of draws, and what decides it where it depends."""
        made, decider = self.preference, self.decider
        share = None if made.equal == 1.0 or not self.clear else percent(made.cheaper.estimate)
        saved = None if self.saved is None else f"{SHARE.write(self.saved[0])} to {SHARE.write(self.saved[1])}"
        begin = (self.name, self.answer, share, saved)
        if decider is None:
            return (*begin, "several together" if self.is_open else None, None, None)
        given = decider.input
        turns = ", ".join(number_text(given, value) for value in decider.turns_at) or None
        return (*begin, given.name, range_text(given), turns)

    def to_dict(self) -> dict[str, object]:
        """The answer as plain data."""
        return {"answer": self.answer, "saved": list(self.saved) if self.saved else None, **self.preference.to_dict()}


def drawn_pair(
    scenario: Scenario,
    name: str,
    pair: tuple[GrantPolicy, GrantPolicy],
    entry_points: Sequence[str],
    *,
    draws: int,
    seed: int,
) -> DrawnPair:
    """Whether the second of `pair` loses less than the first through `entry_points`, each as likely as the next."""
    plain = replace(scenario, unit=None, prices=None)
    inputs = tuple(each for each in not_known(plain) if kind_of(each.places[0]) not in PRICED)
    question = Inquiry.of(plain, pair, entry_points, inputs, seed=seed)
    found = weighed(question, draws, seed)
    return DrawnPair(name, found.decision(0, 1), _saved(found.losses), _is_clear(found))


def _is_clear(found: Weighed) -> bool:
    """True if the difference is seen in more draws than chance would show it in, or on average."""
    gain = found.losses[:, 0] - found.losses[:, 1]
    noise = found.raw.noise.sum(axis=0)
    spread = np.maximum(noise[:, 0, 0] + noise[:, 1, 1] - 2 * noise[:, 0, 1], 0.0)
    seen = float((gain**2 > CLEAR**2 * spread)[gain != 0].mean()) if (gain != 0).any() else 0.0
    return seen > BY_CHANCE or abs(float(gain.sum())) > CLEAR * float(np.sqrt(spread.sum()))


def _saved(losses: Floats) -> tuple[float, float] | None:
    """Of what the first design loses, the shares that the second one saves, in nine draws of ten."""
    lossy = losses[losses[:, 0] > 0]
    if not len(lossy):
        return None
    low, high = np.quantile(1 - lossy[:, 1] / lossy[:, 0], [0.05, 0.95]).tolist()
    return low, high


def drawn_table(found: Sequence[DrawnPair], strong: str, draws: int) -> Table:
    """A row for each attack."""
    columns = ("attack", strong, "less in", "saves, 5-95 % of draws", "depends on", "range", "even at")
    note = (
        f"{draws:,} draws of what is not known, losses alone; less in: of the draws that differ. Always: in 95 % of "
        "them, also if any one range had its other shape. Even at: all else at its best guess."
    )
    return Table(columns, [each.row() for each in found], title="whatever the assumptions?", note=note)


def drawn_words(found: Sequence[DrawnPair], strong: str, draws: int) -> str:
    """Where the strong design wins whatever the assumptions, where it depends, and on what."""
    counts = Counter(each.answer for each in found)
    text = (
        f" Over {draws:,} draws of what is not known, {strong} loses less whatever the assumptions in "
        f"{counts['always less']} of {len(found)} attacks; in {counts['depends']} it depends"
    )
    on = Counter(each.decider.input.name if each.decider else "several together" for each in found if each.is_open)
    text += f", on {', '.join(f'{name} ({count})' for name, count in on.most_common())}" if on else ""
    text += f"; in {counts['no difference']} there is no difference in any draw"
    return f"{text}, and in {counts['never less']} it never loses less." if counts["never less"] else f"{text}."
