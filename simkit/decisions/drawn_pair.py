"""Whether one design loses less than another whatever is not known, in one attack after another: a study over draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from simkit.decisions.decisions import weighed
from simkit.decisions.drawn_losses import Inquiry
from simkit.decisions.preference import Decider, Preference
from simkit.decisions.swap import PRICED
from simkit.decisions.words import number_text, range_text
from simkit.policies import GrantPolicy
from simkit.scenario import Scenario
from simkit.scenario.numbers_at import not_known
from simkit.table import Table, percent
from simkit.unknowns import kind_of


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """One attack (or all of a scenario's) over draws: what is said of it is about losses alone, nothing is priced."""

    name: str
    preference: Preference

    @property
    def answer(self) -> str:
        """`always less`, `depends`, `never less` or `no difference`."""
        made = self.preference
        if made.equal == 1.0:
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
        share = None if made.equal == 1.0 else percent(made.cheaper.estimate)
        if decider is None:
            return (self.name, self.answer, share, "several together" if self.is_open else None, None, None)
        given = decider.input
        turns = ", ".join(number_text(given, value) for value in decider.turns_at) or None
        return (self.name, self.answer, share, given.name, range_text(given), turns)

    def to_dict(self) -> dict[str, object]:
        """The answer as plain data."""
        return {"answer": self.answer, **self.preference.to_dict()}


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
    return DrawnPair(name, weighed(question, draws, seed).decision(0, 1))


def drawn_table(found: Sequence[DrawnPair], strong: str, draws: int) -> Table:
    """A row for each attack."""
    columns = ("attack", strong, "less in", "depends on", "range", "even at")
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
