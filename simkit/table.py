"""Tables: the one thing that turns into text, Markdown, HTML and JSON, and how numbers are written in all of them."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simkit.errors import InputError

Cell = str | int | float | None
"""What a table holds. None is a value that does not exist; text output writes it as `-`."""

MISSING = "-"
GAP = "  "
NARROWEST_TEXT = 8
"""Columns of text are not squeezed below this many places while there is any other way."""
NARROWEST = 3
"""No column is squeezed below this; a table that needs less sticks out."""

_UNITS = (("y", 31_536_000), ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_QUANTITY = re.compile(r"[\d.,]+(e[+-]?\d+)?(?: (?:ms|s|min|h|d|y)\b| ?%)?")
_BETWEEN = re.compile(r"[ <>~+\-±\[\](),]|\bto\b|\bof\b")


def format_number(value: float) -> str:
    """`value` as people read it: whole numbers in full, others with 3 significant digits.

    >>> [format_number(x) for x in (12345, 12345.6, 0.012345, 0.0, 3.2e-9, 5e20)]
    ['12,345', '12,300', '0.0123', '0', '3.2e-09', '5e+20']
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value):
        return "n/a" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    rounded = float(f"{value:.3g}")
    if rounded == 0:
        return "0"
    if not 1e-4 <= abs(rounded) < 1e15:
        return f"{rounded:.3g}"
    decimals = max(0, 2 - math.floor(math.log10(abs(rounded))))
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def percent(share: float | None) -> str:
    """`share` (1.0 is all) in per cent; what is not all never reads as all.

    >>> [percent(x) for x in (0.0, 0.12345, 0.9999, 1.0, None)]
    ['0 %', '12.3 %', '>99.9 %', '100 %', '-']
    """
    if share is None or math.isnan(share):
        return MISSING
    if 0.9995 <= share < 1:
        return ">99.9 %"
    return f"{format_number(share * 100.0)} %"


def duration(seconds: float | None) -> str:
    """`seconds` in its two largest units, rounded to the smaller one; None and infinity are `never`.

    >>> [duration(x) for x in (12000, 0.25, 1.5, 80, 3599.7, 27 * 86400, None)]
    ['3 h 20 min', '250 ms', '1.5 s', '1 min 20 s', '1 h', '27 d', 'never']
    """
    if seconds is None or seconds == math.inf:
        return "never"
    if math.isnan(seconds):
        return MISSING
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if seconds < 0.9995:
        return f"{format_number(seconds * 1000.0)} ms" if seconds else "0 s"
    if seconds < 59.95:
        return f"{format_number(float(seconds))} s"
    return _two_units(seconds)


def _two_units(seconds: float) -> str:
    """The larger unit first. Rounding may carry into it: 59 min 59.7 s is 1 h."""
    at = next(index for index, (_, size) in enumerate(_UNITS) if seconds >= size or index == len(_UNITS) - 1)
    smaller = _UNITS[min(at + 1, len(_UNITS) - 1)][1]
    whole = math.floor(seconds / smaller + 0.5) * smaller
    at = next(index for index, (_, size) in enumerate(_UNITS) if whole >= size)
    parts = []
    for unit, size in _UNITS[at : at + 2]:
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count:,} {unit}")
    return " ".join(parts)


def printable(text: str) -> str:
    r"""`text` with everything escaped that moves a cursor, hides or reorders what is read.

    >>> printable("red\x1b[31m\nline")
    'red\\x1b[31m\\nline'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(char) for char in text)


def _escaped(char: str) -> str:
    """Joiners (U+200C, U+200D) stay: scripts and emoji need them. Bidirectional controls and tag characters go."""
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") or (category == "Cf" and char not in "\u200c\u200d"):
        return char.encode("unicode_escape").decode("ascii")
    return char


def width(text: str) -> int:
    """How many places `text` takes in a terminal: wide characters take two, combining ones none.

    >>> width("naïve"), width("漢字")
    (5, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_places(char) for char in text)


def _places(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


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
        """Aligned columns, numbers to the right. `fit` is how many places a line may take; None is no limit."""
        return "\n".join(_Layout(self, fit).lines())

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
        caption = f"<caption>{_html(self.title)}</caption>" if self.title else ""
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

    def _right(self) -> list[bool]:
        """For each column, True if all that it holds is quantities."""
        return [_quantities(row[at] for row in self.rows) for at in range(len(self.columns))]


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
    """True for numbers, shares, durations and intervals of them; a column of nothing is not."""
    given = [cell for cell in cells if cell is not None and cell not in ("", MISSING, "never")]
    return bool(given) and all(not isinstance(cell, str) or _quantity(cell) for cell in given)


def _quantity(text: str) -> bool:
    rest, found = _QUANTITY.subn("", text)
    return found > 0 and not _BETWEEN.sub("", rest)


def _html(text: str) -> str:
    return html.escape(printable(text), quote=True)


def _html_row(tag: str, marks: Iterable[str], cells: Iterable[str]) -> str:
    inside = "".join(f"<{tag}{mark}>{_html(cell)}</{tag}>" for mark, cell in zip(marks, cells, strict=True))
    return f"<tr>{inside}</tr>"


_MARKUP = re.compile(r"[\\|*`\[\]<>&~$]|(?<![^\W_])_|_(?![^\W_])")
_MENTION = re.compile(r"(?<!\w)[@#](?=\w)")


def escape_markdown(text: str) -> str:
    r"""`text` so that Markdown reads no markup, no HTML and no mention in it.

    >>> escape_markdown("a|b <b> @team snake_case")
    'a\\|b \\<b\\> &#64;team snake_case'
    """
    escaped = _MARKUP.sub(lambda found: "\\" + found.group(), printable(text))
    return _MENTION.sub(lambda found: f"&#{ord(found.group())};", escaped)


class _Layout:
    """The lines of a table as text, each at most `fit` places wide where that is possible at all."""

    def __init__(self, table: Table, fit: int | None) -> None:
        self.table = table
        self.fit = fit
        self.right = table._right()
        self.head = [printable(name) for name in table.columns]
        self.cells = [[_written(cell) for cell in row] for row in table.rows]
        self.widths = self._fitted([max(map(width, column)) for column in self._columns()])

    def lines(self) -> Iterator[str]:
        if self.table.title:
            yield from wrap(printable(self.table.title), self.fit)
        if self.head:
            yield from self._row([wrap(name, at) for name, at in zip(self.head, self.widths, strict=True)])
            yield GAP.join("-" * at for at in self.widths)
        if not self.cells:
            yield "(none)"
        for cells in self.cells:
            yield from self._row([self._cell(at, cell) for at, cell in enumerate(cells)])
        if self.table.note:
            yield from wrap(printable(self.table.note), self.fit)

    def _columns(self) -> list[list[str]]:
        return [[name, *(row[at] for row in self.cells)] for at, name in enumerate(self.head)]

    def _fitted(self, widths: list[int]) -> list[int]:
        """Squeezed from the widest column down: first text and headings, then short text, then numbers."""
        if self.fit is None:
            return widths
        room = self.fit - len(GAP) * max(0, len(widths) - 1)
        for floors in self._floors(widths):
            while sum(widths) > room:
                slack = [at for at, floor in enumerate(floors) if widths[at] > floor]
                if not slack:
                    break
                widths[max(slack, key=lambda at: widths[at])] -= 1
        return widths

    def _floors(self, widths: list[int]) -> Iterator[list[int]]:
        """How narrow each column may become, round after round."""
        words = [max((width(word) for word in name.split()), default=1) for name in self.head]
        data = [max((width(cell) for cell in column[1:]), default=1) for column in self._columns()]
        text = [min(NARROWEST_TEXT, natural) for natural in widths]
        yield [max(word, data[at] if self.right[at] else text[at]) for at, word in enumerate(words)]
        yield [data[at] if self.right[at] else text[at] for at in range(len(words))]
        yield [data[at] if self.right[at] else NARROWEST for at in range(len(words))]
        yield [NARROWEST] * len(words)

    def _cell(self, at: int, cell: str) -> list[str]:
        """A number is never broken over two lines, where it would read as two numbers."""
        return [shorten(cell, self.widths[at])] if self.right[at] else wrap(cell, self.widths[at])

    def _row(self, cells: list[list[str]]) -> Iterator[str]:
        for line in range(max(map(len, cells), default=0)):
            parts = [self._padded(at, cell[line] if line < len(cell) else "") for at, cell in enumerate(cells)]
            yield GAP.join(parts).rstrip()

    def _padded(self, at: int, text: str) -> str:
        space = " " * (self.widths[at] - width(text))
        return space + text if self.right[at] else text + space


def shorten(text: str, places: int) -> str:
    """`text` cut to `places`, with `…` where something is left out.

    >>> shorten("customers-leaked", 10)
    'customers…'
    """
    if width(text) <= places:
        return text
    return _head(text, places - 1) + "…"


def _head(text: str, places: int) -> str:
    """As much of the start of `text` as fits."""
    taken = 0
    for index, char in enumerate(text):
        taken += _places(char)
        if taken > places:
            return text[:index]
    return text


def wrap(text: str, places: int | None) -> list[str]:
    """`text` in lines of at most `places`, broken at spaces, and inside a word only where it is too long for a line.

    >>> wrap("read every customer-record", 9)
    ['read', 'every', 'customer-', 'record']
    """
    if places is None or width(text) <= places:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer) <= places:
            line = longer
            continue
        if line:
            lines.append(line)
        *pieces, line = _pieces(word, max(places, 2))
        lines.extend(pieces)
    return [*lines, line] if line or not lines else lines


def _pieces(word: str, places: int) -> list[str]:
    pieces = []
    while width(word) > places:
        piece = _head(word, places)
        pieces.append(piece)
        word = word[len(piece) :]
    return [*pieces, word]
