"""The table itself."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from simkit.errors import InputError
from simkit.package import pip_install
from simkit.table.layout import Layout
from simkit.table.numbers import MISSING, format_number, is_quantity
from simkit.table.text import escape_markdown, printable, wrap

if TYPE_CHECKING:
    import pandas
    import polars

Cell = str | int | float | None
"""What a table holds. None is a value that does not exist; text output writes it as `-`."""


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """Rows under named columns, with a title above and a note below.

    Cells are text, numbers or None. Raises InputError for a row of another length than `columns`, a column named
    twice, or a cell of another type.

    >>> print(Table(("goal", "chance"), [("customers-leaked", 0.5)]))
    goal              chance
    ----------------  ------
    customers-leaked     0.5
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]] = ()
    title: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        columns = tuple(self.columns)
        rows = tuple(tuple(_plain(cell) for cell in row) for row in self.rows)
        twice = sorted({name for name in columns if columns.count(name) > 1})
        if twice:
            raise InputError(f"table {self.title!r}: column {twice[0]!r} stands twice: name each column once")
        for row in rows:
            if len(row) != len(columns):
                given = f"table {self.title!r}: row {row!r} has {len(row)} cells"
                raise InputError(f"{given}: give one for each of the {len(columns)} columns")
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "rows", rows)

    def __repr__(self) -> str:
        named = f" {self.title!r}" if self.title else ""
        return f"<Table{named}: {len(self.rows)} rows x {len(self.columns)} columns>"

    def __str__(self) -> str:
        return self.text()

    def text(self, fit: int | None = None) -> str:
        """Aligned columns, numbers to the right, on lines of at most `fit` places (None: as long as it takes).

        What does not fit side by side is folded into several tables that share the first column, or, where that does
        not help either, written row by row.
        """
        head = [printable(name) for name in self.columns]
        cells = [[_written(cell) for cell in row] for row in self.rows]
        title = wrap(printable(self.title), fit) if self.title else []
        note = wrap(printable(self.note), fit) if self.note else []
        return "\n".join([*title, *Layout(head, cells, self._right(), fit).lines(), *note])

    def markdown(self) -> str:
        """A pipe table as code hosts draw it, with everything escaped that Markdown would read as markup."""
        head = "| " + " | ".join(escape_markdown(name) for name in self.columns) + " |"
        rule = "|" + "|".join(" ---: " if right else " --- " for right in self._right()) + "|"
        body = ("| " + " | ".join(escape_markdown(_written(cell)) for cell in row) + " |" for row in self.rows)
        title = [f"**{escape_markdown(self.title)}**", ""] if self.title else []
        note = ["", escape_markdown(self.note)] if self.note else []
        return "\n".join([*title, head, rule, *body, *note])

    def html(self) -> str:
        """An HTML `<table>`, every text escaped."""
        caption = f'<caption style="text-align:left">{_html(self.title)}</caption>' if self.title else ""
        marks = [' style="text-align:right"' if right else ' style="text-align:left"' for right in self._right()]
        head = _html_row("th", [f' scope="col"{mark}' for mark in marks], self.columns)
        body = "".join(_html_row("td", marks, map(_written, row)) for row in self.rows)
        note = f"<p>{_html(self.note)}</p>" if self.note else ""
        return f'<table class="simkit">{caption}<thead>{head}</thead><tbody>{body}</tbody></table>{note}'

    def _repr_html_(self) -> str:
        return self.html()

    def records(self) -> list[dict[str, Cell]]:
        """One mapping from column to cell for each row; numbers that JSON lacks (NaN, infinity) are None."""
        return [dict(zip(self.columns, map(_jsonable, row), strict=True)) for row in self.rows]

    def to_dict(self) -> dict[str, object]:
        """The table as JSON takes it: title, columns, rows and note."""
        rows = [[_jsonable(cell) for cell in row] for row in self.rows]
        return {"title": self.title, "columns": list(self.columns), "rows": rows, "note": self.note}

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a pandas DataFrame. Raises InputError where pandas is not installed."""
        frame = _frames("pandas").DataFrame(list(self.rows), columns=list(self.columns))
        return cast("pandas.DataFrame", frame)

    def to_polars(self) -> polars.DataFrame:
        """The table as a polars DataFrame; a column of numbers and text is text. Raises InputError without polars."""
        columns = {name: _alike([row[at] for row in self.rows]) for at, name in enumerate(self.columns)}
        return cast("polars.DataFrame", _frames("polars").DataFrame(columns))

    def _right(self) -> list[bool]:
        """For each column, True if all that it holds is quantities."""
        return [_quantities(row[at] for row in self.rows) for at in range(len(self.columns))]


def _frames(library: str) -> Any:
    """The data frame library called `library`, which is optional. Raises InputError where it is not installed."""
    try:
        return import_module(library)
    except ImportError as error:
        message = f"{library} is not installed: `pip install {library}`, or `{pip_install('frames')}`"
        raise InputError(message) from error


def _alike(cells: Sequence[Cell]) -> Sequence[Cell]:
    """`cells` of one type, as polars wants them: all numbers, else all text."""
    if not any(isinstance(cell, str) for cell in cells):
        floats = any(isinstance(cell, float) for cell in cells)
        return [float(cell) if floats and cell is not None else cell for cell in cells]
    return [cell if cell is None or isinstance(cell, str) else _written(cell) for cell in cells]


def _plain(cell: object) -> Cell:
    """`cell` as a Python value; numpy scalars know how (`item`)."""
    if cell is None or isinstance(cell, str | int | float):
        return cell
    item = getattr(cell, "item", None)
    value = item() if callable(item) else cell
    if isinstance(value, str | int | float):
        return value
    raise InputError(f"a table cell is a {type(cell).__name__}, {cell!r}: give text, a number or None")


def _jsonable(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def _written(cell: Cell) -> str:
    if cell is None:
        return MISSING
    return printable(cell) if isinstance(cell, str) else format_number(cell)


def _quantities(cells: Iterable[Cell]) -> bool:
    """True for numbers, shares, durations and intervals of them, remarks or not; a column of nothing is not."""
    given = [cell for cell in cells if cell is not None and cell not in ("", MISSING, "never")]
    return bool(given) and all(not isinstance(cell, str) or is_quantity(cell) for cell in given)


def _html(text: str) -> str:
    return html.escape(printable(text), quote=True)


def _html_row(tag: str, marks: Iterable[str], cells: Iterable[str]) -> str:
    inside = "".join(f"<{tag}{mark}>{_html(cell)}</{tag}>" for mark, cell in zip(marks, cells, strict=True))
    return f"<tr>{inside}</tr>"
