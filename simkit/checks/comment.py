"""A check as a comment on a pull request: it stands on its own, without the log it came from."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.checks.check_report import CheckReport
from simkit.checks.file_check import FileCheck
from simkit.checks.path_to_cut import PathToCut
from simkit.table import Table, escape_markdown, percent, printable

MARK = "<!-- simkit check -->"
"""The first line, by which a bot finds its own comment again."""
LONGEST = 60_000
"""Characters; code hosts refuse comments of more than 65,536."""
MOST_SHOWN = 5
"""How many paths a comment shows for each file."""
MOST_GROWN = 10
"""How many measures that grew; the findings above them have every cause."""


def comment(report: CheckReport) -> str:
    """`report` in Markdown: what the change does in a sentence, then the findings, what is taken away, what grew and
    why, what is broken, and what to cut."""
    head = f"{MARK}\n## simkit: {'blast radius check failed' if report.failed else 'blast radius check passed'}\n"
    said = f"**{escape_markdown(report.headline)}**\n\n{escape_markdown(report.summary)}" if report.headline else ""
    parts = [head, said or escape_markdown(report.summary), *(part for check in report.checks for part in _file(check))]
    parts += [f"- ❌ {escape_markdown(key)} is gone, and with it all that it was held to" for key in report.gone]
    parts.append(_foot(report))
    text = "\n\n".join(part.rstrip("\n") for part in parts) + "\n"
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rpartition("\n")[0] + "\n\n(The comment was cut here: the full report is in the log.)\n"


def _file(check: FileCheck) -> Iterator[str]:
    shown = [*check.growth, *check.exposed, *check.verdicts, *check.disarmed, *check.widened]
    if not shown and not check.changes:
        return
    yield f"### `{printable(check.file).replace('`', '')}`"
    if check.elements:
        yield "What changed: " + "; ".join(escape_markdown(element) for element in check.elements[:10]) + _more(check)
    if check.findings:
        yield _found(check).markdown()
    if check.disarmed:
        yield _disarmed(check).markdown()
    if check.growth:
        yield _grown(check).markdown()
    if check.exposed:
        yield "**What reaches more when it is lost**\n\n" + "\n".join(
            f"- {escape_markdown(each.sentence)}" for each in check.exposed[:MOST_SHOWN]
        )
    if check.widened:
        rows = [(str(each.element), str(each.spot)) for each in check.widened]
        yield Table(("what", "where"), rows, title="Who may do more").markdown()
    if check.verdicts:
        yield _judged(check).markdown()
    if check.paths:
        yield "**Attack paths to cut**\n\n" + "\n".join(map(_path, check.paths[:MOST_SHOWN]))


def _more(check: FileCheck) -> str:
    rest = len(check.elements) - 10
    return f"; and {rest} more" if rest > 0 else ""


def _found(check: FileCheck) -> Table:
    rows = [
        (each.severity, f"{each.cause} ({each.spot})", each.name, check.threshold.why_not(each) or None)
        for each in check.findings
    ]
    return Table(("severity", "cause", "finding", "passes, because"), rows, title="Findings, one for each cause")


def _disarmed(check: FileCheck) -> Table:
    rows = [(each.what, each.reason or None) for each in check.disarmed]
    return Table(("what is taken away", "acknowledged, because"), rows, title="Held to no longer")


def _grown(check: FileCheck) -> Table:
    rows = [
        (c.measure, c.policy, c.entry_point, c.written(c.before), c.written(c.after), c.spread, c.because)
        for c in check.growth[:MOST_GROWN]
    ]
    columns = ("measure", "policy", "entry point", "before", "after", "difference", "because of")
    more = len(check.growth) - len(rows)
    return Table(columns, rows, title="What grew", note=f"and {more:,} more, which the log has" if more else "")


def _judged(check: FileCheck) -> Table:
    words = {"pass": "✅ holds", "fail": "❌ broken", "unsure": "❔ cannot tell"}
    rows = [
        (words[v.status], v.expectation.name, v.policy, v.entry_point, str(v.measured), v.bound, _advice(v.needed))
        for v in check.verdicts
    ]
    columns = ("verdict", "expectation", "policy", "entry point", "measured", "expected", "trials that would tell")
    return Table(columns, rows, title="What is expected")


def _advice(needed: int | None) -> str | None:
    return f"{needed:,}" if needed else None


def _path(path: PathToCut) -> str:
    share = percent(path.path.share.estimate)
    where = escape_markdown(str(path.spots[path.cut]))
    but = f" ({escape_markdown(path.price)})" if path.price else ""
    told = f"{share} of trials, {escape_markdown(str(path.path))}"
    return f"- cut **{escape_markdown(path.what)}** ({where}){but}: {told}"


def _foot(report: CheckReport) -> str:
    from simkit import __version__

    seen = sorted({(check.trials, check.seed) for check in report.checks})
    drawn = ", ".join(f"{trials:,} trials, seed {seed}" for trials, seed in seen)
    how = "Intervals are at 95 %. An expectation holds only if its whole interval keeps the bound"
    return f"<sub>simkit {__version__}, {drawn}. {how}; differences are paired, sample by sample.</sub>"
