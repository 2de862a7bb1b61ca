"""A check as tables: what is wrong first, then what it was judged by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simkit.checks.measured_change import Change
from simkit.table import Table, percent

if TYPE_CHECKING:
    from simkit.checks.check_report import CheckReport

MOST_NAMED = 5
"""How many credentials and identities a row of a table names."""
MOST_SHRUNK = 5
"""How many measures that got better have a row; a belief that is moved makes all better at once."""


def tables(report: CheckReport) -> list[Table]:
    """All that have rows."""
    made = (findings, disarmed, verdicts, changes, exposed, widened, paths)
    return [table for table in (make(report) for make in made) if table.rows]


def findings(report: CheckReport) -> Table:
    """A row for each finding, and why it passes where it does."""
    passing = any(why for _, why in report.found)
    rows = [
        (
            each.severity,
            f"{each.cause} ({each.spot.file or each.file}:{each.spot.line})",
            each.sentence + (f" (and {len(each.sentences) - 1} more)" if len(each.sentences) > 1 else ""),
            each.name,
            *((why or None,) if passing else ()),
        )
        for each, why in report.found
    ]
    columns = ("severity", "cause", "what it does", "finding", *(("passes, because",) if passing else ()))
    return Table(columns, rows, title="findings", note="one for each cause")


def disarmed(report: CheckReport) -> Table:
    """What is held to no longer."""
    rows = [(check.file, each.what, each.reason or None) for check in report.checks for each in check.disarmed]
    rows += [(key, "the scenario is gone", None) for key in report.gone]
    return Table(("file", "what is taken away", "acknowledged, because"), rows, title="held to no longer")


def verdicts(report: CheckReport) -> Table:
    """A row for each promise and entry point."""
    words = {"pass": "passed", "fail": "FAILED", "unsure": "cannot tell"}
    rows = [
        (
            words[v.status],
            v.expectation.name,
            v.policy,
            v.entry_point,
            v.expectation.measure,
            str(v.measured),
            v.bound,
        )
        for v in report.verdicts
    ]
    columns = ("verdict", "expectation", "policy", "entry point", "measure", "measured", "expected")
    return Table(columns, rows, title="expectations", note="judged with the whole 95 % interval")


def changes(report: CheckReport) -> Table:
    """A row for each measure that got worse, and for those that got better by the largest share of what they were."""
    every: Sequence[Change] = [change for check in report.checks for change in check.changes]
    better = sorted((each for each in every if each.shrank), key=_left_of_it)
    shown = set(map(id, better[:MOST_SHRUNK]))
    listed = [each for each in every if not each.shrank or id(each) in shown]
    more = len(every) - len(listed)
    told = f"; {more:,} more got better, which JSON lists" if more else ""
    rows = [
        (
            c.head,
            c.measure,
            c.policy,
            c.entry_point,
            c.written(c.before),
            c.written(c.after),
            c.spread,
            c.because if c.grew else "",
        )
        for c in listed
    ]
    columns = ("", "measure", "policy", "entry point", "before", "after", "difference", "because of")
    return Table(columns, rows, title="against the baseline", note=f"differences are paired, sample by sample{told}")


def _left_of_it(change: Change) -> tuple[float, float]:
    """What is left of a measure as a share of what it was (of a time the other way round), and its size."""
    low, high = sorted((change.before, change.after))
    return low / high, -high


def widened(report: CheckReport) -> Table:
    """What gives somebody more."""
    rows = [(str(each.element), str(each.spot)) for check in report.checks for each in check.widened]
    return Table(("what", "where"), rows, title="gives more than before")


def exposed(report: CheckReport) -> Table:
    """What reaches more when it is lost."""
    found = [each for check in report.checks for each in check.exposed]
    rows = [
        (
            ", ".join(f"{kind} {name}" for kind, name in each.things[:MOST_NAMED])
            + (f" and {len(each.things) - MOST_NAMED} more" if len(each.things) > MOST_NAMED else ""),
            each.policy,
            each.before,
            each.after,
            ", ".join((*each.goals, *each.losses)) or each.counts or None,
            each.because,
        )
        for each in found
    ]
    columns = ("losing", "policy", "worst case before", "after", "newly in reach", "because of")
    return Table(columns, rows, title="what reaches more when it is lost", note="worst cases: chances ignored")


def paths(report: CheckReport) -> Table:
    """A row for each attack path, and what the cut costs the work where it does."""
    priced = any(p.price for p in report.paths)
    rows = [
        (
            p.path.goal,
            p.policy,
            percent(p.path.share.estimate),
            f"{p.what} ({p.spots[p.cut]})",
            *((p.price or None,) if priced else ()),
            str(p.path),
        )
        for p in report.paths
    ]
    columns = ("goal", "policy", "trials", "cut", *(("but",) if priced else ()), "path")
    return Table(columns, rows, title="attack paths to cut")
