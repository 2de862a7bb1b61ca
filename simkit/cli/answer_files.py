"""An answer as a file for other programs: its main table as CSV, all of it as a page, or its picture."""

from __future__ import annotations

import base64
import csv
import html
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from simkit.table import Table, printable
from simkit.table.table import Cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simkit.cli.output import Result

PICTURES = ("svg", "png", "pdf")
"""The formats of a picture, which the ending of --out says."""
Picture = Callable[[], "Axes"]
"""Draws the answer, when a picture is asked for."""
_ORDER = re.compile(r"[=@]|[+-](?=[A-Za-z(@=])")
"""Where text begins so, a spreadsheet would take it for a formula: names come from files that strangers may send."""
_STYLE = """\
body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;margin:2rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:1.15rem;font-weight:600;line-height:1.4}
.wide{overflow-x:auto;margin:1.5rem 0}
table{border-collapse:collapse;font-size:.875rem}
caption{font-weight:600;padding:.25rem 0}
th,td{border-bottom:1px solid #e8e8e8;padding:.3rem .75rem .3rem 0;vertical-align:top}
img{max-width:100%;height:auto}
p{color:#6b6b6b;font-size:.875rem}
"""


def drawn_as(name: str, *what: Any, **how: Any) -> Picture:
    """The picture of `simkit.plots` called `name`, of `what`; loaded when it is drawn."""
    return lambda: cast("Axes", getattr(import_module("simkit.plots"), name)(*what, **how))


def as_csv(result: Result) -> str:
    """The figures of `result` for programs, where it has such a table, else its main table; empty without any."""
    figures: Callable[[], Table] | None = getattr(result, "figures_table", None)
    tables = [figures()] if figures is not None else list(result.tables())[:1]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for table in tables:
        writer.writerow([_safe(name) for name in table.columns])
        writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def _cell(cell: Cell) -> str | int | float:
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    return _safe(cell) if isinstance(cell, str) else cell


def _safe(text: str) -> str:
    shown = printable(text)
    return f"'{shown}" if _ORDER.match(shown) else shown


def as_page(result: Result, remarks: Iterable[str], picture: Picture | None) -> str:
    """`result` as one page that loads nothing: its summary, `remarks`, its picture if it has one, and its tables."""
    title, *rest = result.summary.split("\n")
    parts = [f"<h1>{html.escape(printable(title))}</h1>"]
    parts += [f"<p>{html.escape(printable(each))}</p>" for each in (*rest, *remarks)]
    if picture is not None:
        drawn = base64.b64encode(as_picture(picture, "svg")).decode()
        parts.append(f'<p><img alt="{html.escape(printable(title))}" src="data:image/svg+xml;base64,{drawn}"></p>')
    parts += [f'<div class="wide">{table.html()}</div>' for table in result.tables()]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
    name = f"<title>simkit: {html.escape(printable(title[:80]))}</title>"
    return f'<!doctype html>\n<html lang="en"><head>{head}{name}</head><body>\n' + "\n".join(
        [*parts, "</body></html>\n"]
    )


def as_picture(picture: Picture, ending: str) -> bytes:
    """The bytes of the picture, the same for the same answer. Raises QuestionError where there is nothing to draw."""
    import matplotlib as mpl

    mpl.use("agg")  # a screen is not needed, and may not be there
    from matplotlib import pyplot

    from simkit.plots.style import rendered

    axes = picture()
    try:
        return rendered(axes, ending)
    finally:
        pyplot.close(axes.get_figure(root=True))


def left_out(tables: Sequence[Table]) -> str:
    """What a file of one table does not hold; empty where that is nothing."""
    titles = [table.title.lower() or "another table" for table in tables[1:]]
    return (
        f"note: CSV holds the first table; as .html, .md or .json there is, too: {', '.join(titles)}" if titles else ""
    )
