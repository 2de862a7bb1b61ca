"""The page itself: templates filled, everything escaped, and a policy that lets it load and run nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from simkit.diagram import cytoscape, palette
from simkit.report import charts
from simkit.report.picture import Drawn
from simkit.report.summary import costs
from simkit.standards import of
from simkit.table import Table, printable

if TYPE_CHECKING:
    from simkit.blast_radius import Comparison
    from simkit.report.report import Report

MOST_OPEN_ROWS = 60
"""A table with more rows is folded."""
FIRST = 5
"""Recommendations that are shown in full; the others are in the table."""
_NUMBERS = re.compile(r"\[[-−\d][^][<>&]{,40}\]|\d %")
"""An interval, or a share: no line ends within one."""
_KEPT = "\u00a0"
"""A space at which no line ends."""
_IN_SCRIPT = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
"""What could end a script, or open a comment in one."""


def page(report: Report) -> str:
    """`report` as one HTML page that makes no request: the same report gives the same text."""
    drawn = Drawn(report)
    scripts = (cytoscape.source(), _part("page.js"))
    environment = Environment(
        loader=PackageLoader("simkit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "table": lambda table: legible(table.html()),
        "legible": lambda text: legible(str(escape(printable(text)))),
        "link": _link,
        "costs": costs,
    }
    return environment.get_template("page.html").render(
        report=report,
        found=report.findings,
        drawn=drawn,
        rows=drawn.rows(),
        most_rows=MOST_OPEN_ROWS,
        charts=_charts(report),
        standards=standards(report),
        advice=report.advice,
        first=[each for each in report.advice.ranking if each.helps][:FIRST] if report.advice else [],
        diff=diff(report),
        command=command(report),
        causes=palette.GROUNDS_MEAN,
        fills=palette.FILLS,
        policy=content_policy(*scripts),
        style=Markup(_part("page.css") + "".join(_dots())),
        data=Markup(for_script(drawn.data())),
        scripts=[Markup(script) for script in scripts],
    )


def _finalize(value: object) -> object:
    """What moves, hides or reorders text is written out, wherever a name stands."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def legible(html: str) -> Markup:
    """Escaped text for lines of any length: no number is torn from its unit, and no arrow in two.

    >>> str(legible("leaked key -&gt; 205 [200.5, 210]"))
    'leaked key → 205 [200.5,\\xa0210]'
    """
    arrows = html.replace(" -&gt; ", " → ")
    return Markup(_NUMBERS.sub(lambda found: found.group().replace(" ", _KEPT), arrows))


def _part(name: str) -> str:
    return files("simkit.report").joinpath("templates", name).read_text("utf-8")


def _dots() -> Iterator[str]:
    """The colours of steps by what they use; ink is that of the page."""
    for kind, colour in palette.GROUNDS.items():
        yield f".dot.{kind} {{ background: {'var(--ink)' if colour == palette.INK else colour}; }}\n"


def _link(url: str) -> str:
    """`url` if a browser may follow it: only http and https."""
    return url if url.lower().startswith(("https://", "http://")) else ""


def for_script(data: Mapping[str, Any]) -> str:
    """`data` as JSON that can stand inside a script element.

    >>> for_script({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.translate(_IN_SCRIPT)


def content_policy(*scripts: str) -> str:
    """A Content-Security-Policy under which these inline scripts run and nothing else, and nothing is loaded.

    Styles are `unsafe-inline`: Cytoscape.js sets them on its canvases, and so do the charts.
    """
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    rest = "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {allowed}; {rest}"


def _charts(report: Report) -> dict[str, charts.Chart]:
    found = {"model": charts.model(report.scenario)}
    makers: tuple[tuple[str, Callable[[Comparison], charts.Chart]], ...]
    if report.comparison.has_values:
        makers = (("forest", charts.forest), ("time", charts.over_time), ("exceedance", charts.exceedance))
    elif report.scenario.goals:
        makers = (("goals", charts.goals),)
    else:
        makers = ()
    return found | {name: make(report.comparison) for name, make in makers}


def standards(report: Report) -> Table:
    """The entries of public lists that the steps of the shown paths are relevant to."""
    rules: dict[str, None] = {}
    for path in report.paths(report.comparison.against):
        rules |= dict.fromkeys(step.rule for step in path.steps)
    entries: dict[tuple[str, str, str], list[str]] = {}
    for rule in rules:
        for reference in of(rule):
            key = (f"{reference.list} {reference.version}", reference.id, reference.title)
            entries.setdefault(key, []).append(rule)
    rows = [(*key, ", ".join(steps)) for key, steps in sorted(entries.items())]
    note = "Relevant to, never prevents. simkit's own reading, not reviewed by the lists' authors."
    title = f"what the steps of the attack paths under {report.comparison.against} are relevant to"
    return Table(("list", "entry", "title", "steps of these kinds"), rows, title=title, note=note)


def diff(report: Report) -> list[tuple[str, str]]:
    """The lines of the plan's diff, each with what it is: `add`, `del`, `at` or empty."""
    if report.advice is None or not report.advice.plan.possible:
        return []
    lines = report.advice.plan.diff().split("\n")
    kinds = {"+": "add", "-": "del", "@": "at"}
    return [(kinds.get(line[:1], ""), line) for line in lines[2:]]


def command(report: Report) -> str:
    """The command that makes this page again, beside the scenario's file."""
    shown = report.in_force.provenance
    file = os.path.basename(report.scenario.file) or f"{shown.scenario}.yaml"
    policies = ",".join(result.provenance.policy for result in report.comparison.results)
    words = ["simkit", "report", file, "--entry-point", shown.entry_point, "--policy", shown.policy]
    words += ["--policies", policies, *(["--goal", report.goal] if report.goal else [])]
    words += [] if report.advice else ["--quick"]
    words += ["--trials", str(shown.trials), "--seed", str(shown.seed), "--out", "report.html"]
    return shlex.join(words)
