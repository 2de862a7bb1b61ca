"""The answer about sensitivity in sentences and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from simkit.decisions.preference import Decider, Preference
from simkit.table import Table, duration, format_number, percent
from simkit.unknowns import NotKnown, kind_of

if TYPE_CHECKING:
    from simkit.decisions.decisions import Sensitivity

LISTED = 3
"""How many inputs a table of what decides shows at most, and a sentence names."""
LARGE = 1e5
"""From here on sums are written in thousands."""
NEARLY_ALL = 0.995


def words(found: Sensitivity) -> str:
    """What is decided and what is not: a line for each."""
    return "\n".join([_head(found), *(_sentence(found, each) for each in found.preferences)])


def _head(found: Sensitivity) -> str:
    least, most = int(found.raw.trials.min()), int(found.raw.trials.max())
    trials = f"{least:,} trials each" if least == most else f"{least:,} to {most:,} trials each"
    standard = sum(each.range.standard for each in found.inputs)
    own = f", {standard} of them defaults" if standard else ""
    known = f"{len(found.inputs)} inputs are not known{own}"
    return f"{known}. {found.draws:,} plausible draws, {trials}; {found.unit}."


def _sentence(found: Sensitivity, decision: Preference) -> str:
    if decision.equal == 1.0:
        return f"{decision.weak} -> {decision.strong}: {decision.status}. No difference in any draw."
    told = f"{decision.weak} -> {decision.strong}: {decision.status}. {_shares(found, decision)}"
    turning = [each for each in decision.deciders if each.turns_at]
    if decision.status == "DECIDED":
        if not turning:
            return f"{told} No single input turns it within its range."
        return f"{told} {_listed(turning)} alone could turn it."
    bearing = [each for each in decision.deciders if each.bears]
    if not bearing:
        return f"{told} No single input turns it: it depends on several together."
    rest = [each for each in decision.deciders if not each.bears]
    idle = f" {_listed(rest)} do{'es' if len(rest) == 1 else ''} not turn it." if rest else ""
    return f"{told} {_first(bearing[0])}{idle}"


def _first(decider: Decider) -> str:
    if decider.worth > 0:
        return f"Measure {decider.input.name} first."
    return f"{decider.input.name} alone could turn it, but hardly does."


def _shares(found: Sensitivity, decision: Preference) -> str:
    better = "Cheaper" if found.accounts.is_priced else "Loses less"
    share = f"{better} in {_share(decision.cheaper.estimate)}"
    if decision.swayed and decision.status == "OPEN":
        name, other = decision.swayed
        shape = next(each.range.other.shape for each in found.inputs if each.name == name)
        share += f" ({percent(other)} if {name} is {shape})"
    return f"{share}, loses less in {_share(decision.loses_less)}." if found.accounts.is_priced else f"{share}."


def _share(share: float) -> str:
    return "all draws" if share == 1 else "no draw" if share == 0 else f"{percent(share)} of draws"


def _listed(given: list[Decider]) -> str:
    names = [each.input.name for each in given]
    if len(names) > LISTED:
        names = [*names[: LISTED - 1], f"{len(names) - LISTED + 1} others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def tables(found: Sensitivity) -> list[Table]:
    """The policies, what decides each open question, and the inputs."""
    open_ = [each for each in found.preferences if each.status == "OPEN" and any(d.bears for d in each.deciders)]
    drives = [_indices(found)] if found.indices else []
    return [_policies(found), *(_deciding(found, each) for each in open_), *drives, _inputs(found)]


def _policies(found: Sensitivity) -> Table:
    write = writer(float(found.costs.max()))
    priced = found.accounts.is_priced
    columns = ["policy", "loss, mean", "5-95 % of draws", *(["control"] if priced else []), "cheapest in", "regret"]
    if not priced:
        columns[-2] = "least in"
    order = np.argsort(-found.losses.mean(axis=0), kind="stable").tolist()
    rows = [(found.policies[n], *_row(found, n, write)) for n in order]
    shown = found.provenance
    note = f"{found.draws:,} draws, seed {shown.seed}; regret: what it costs above the best of each draw, on average"
    return Table(columns, rows, title=f"{shown.scenario}: {shown.entry_point}; {found.unit}", note=note)


def _row(found: Sensitivity, number: int, write: Callable[[float], str]) -> Iterator[str]:
    name, lost = found.policies[number], found.losses[:, number]
    low, high = np.quantile(lost, [0.05, 0.95]).tolist()
    yield write(float(lost.mean()))
    yield f"{write(low)} to {write(high)}"
    if found.accounts.is_priced:
        yield write(float(found.control[:, number].mean()))
    yield percent(found.cheapest_in[name])
    yield write(found.regret[name])


def writer(most: float) -> Callable[[float], str]:
    """How sums up to `most` are written: large ones in thousands.

    >>> writer(2e6)(2_847_123.0), writer(60.0)(5.081)
    ('2,847k', '5.08')
    """
    if most < LARGE:
        return lambda value: format_number(float(value))
    return lambda value: f"{value / 1000:,.0f}k"


def _deciding(found: Sensitivity, decision: Preference) -> Table:
    write = writer(float(found.costs.max()))
    shown = [each for each in decision.deciders if each.bears][:LISTED]
    rows = [
        (
            each.input.name,
            write(each.worth) if each.worth else "0",
            ", ".join(number_text(each.input, value) for value in each.turns_at) or "-",
            range_text(each.input),
            each.input.range.evidence,
        )
        for each in shown
    ]
    unit = " a year" if found.accounts.is_annual else ""
    columns = ("what decides it", f"worth knowing{unit}", "even at", "range", "source")
    note = "worth knowing: what deciding better would save on average; even at: all else at its best guess"
    return Table(columns, rows, title=f"{decision.weak} -> {decision.strong}", note=note)


def _indices(found: Sensitivity) -> Table:
    totals = {name: each.total for name, each in (found.indices or {}).items()}
    most = [max(float(total[n]) for total in totals.values()) for n in range(len(found.inputs))]
    rows: list[tuple[str | float, ...]] = [
        (found.inputs[n].name, *(float(total[n]) for total in totals.values()))
        for n in sorted(range(len(found.inputs)), key=lambda n: -most[n])
    ]
    note = "Sobol' indices: the share of the variance that an input explains with all those that it acts with"
    return Table(("what drives the cost", *totals), rows, title="total indices", note=note)


def _inputs(found: Sensitivity) -> Table:
    rows = [
        (
            each.name,
            number_text(each, each.range.best),
            range_text(each),
            each.range.shape,
            f"{each.range.evidence}{' (default)' if each.range.standard else ''}",
            ", ".join(_turned_by(found, each)) or "-",
        )
        for each in found.inputs
    ]
    return Table(("input", "best guess", "range", "shape", "source", "could turn"), rows, title="what is not known")


def _turned_by(found: Sensitivity, given: NotKnown) -> Iterator[str]:
    for decision in found.preferences:
        if any(each.bears and each.input.name == given.name for each in decision.deciders):
            yield f"{decision.weak} -> {decision.strong}"


def number_text(given: NotKnown, value: float) -> str:
    """A value of an input as people read it."""
    return duration(value) if kind_of(given.places[0]) == "time" else format_number(float(value))


def range_text(given: NotKnown) -> str:
    """The bounds of an input as people read them."""
    return f"{number_text(given, given.range.low)} to {number_text(given, given.range.high)}"
