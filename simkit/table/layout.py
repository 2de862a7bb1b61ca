"""Cells on lines: side by side or folded into several tables, whichever is shorter, else row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simkit.table.numbers import is_quantity, without_remark
from simkit.table.text import shorten, unbroken, width, wrap

GAP = "  "
NARROWEST_TEXT = 8
"""Columns of text are not squeezed below this many places; a table that needs it is folded."""

MOST_FOLDED = 30
"""With more rows, the parts of a folded table would stand too far apart."""
MOST_HEADINGS = 4
"""A table of so many lines more than it has rows is not folded: only its headings take more than one."""
LEAST_FIT = 16
"""Lines are never cut to less."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Written cells under written headings. `right` says which columns hold numbers; `fit` is the widest line."""

    head: Sequence[str]
    cells: Sequence[Sequence[str]]
    right: Sequence[bool]
    fit: int | None = None

    def lines(self) -> Iterator[str]:
        """The headings and the rows, no line wider than `fit`.

        Squeezed columns may take more lines than a table that is folded: the shorter of both is written, so that a
        wider terminal never makes a table longer. The names in the first column are broken only where all else fails.
        """
        widths = self._widths(names_whole=True)
        beside = None if widths is None else list(self._side_by_side(widths))
        if beside is not None and len(beside) <= len(self.cells) + MOST_HEADINGS:
            return iter(beside)
        ways = [way for way in (beside, self._folds()) if way is not None]
        if ways:
            shortest: list[str] = min(ways, key=len)
            return iter(shortest)
        squeezed = self._widths()
        return self._row_by_row() if squeezed is None else self._side_by_side(squeezed)

    def _side_by_side(self, widths: Sequence[int]) -> Iterator[str]:
        yield from self._row([wrap(name, at) for name, at in zip(self.head, widths, strict=True)], widths)
        yield GAP.join("-" * at for at in widths)
        for cells in self.cells:
            yield from self._row([self._cell(at, cell, widths[at]) for at, cell in enumerate(cells)], widths)
        if not self.cells:
            yield "(none)"

    def _columns(self) -> list[list[str]]:
        """By column the heading, and what stands below it, each once: that is enough to measure it."""
        return [[name, *dict.fromkeys(row[at] for row in self.cells)] for at, name in enumerate(self.head)]

    def _widths(self, *, names_whole: bool = False) -> list[int] | None:
        """The width of each column, squeezed from the widest down (not the first, with `names_whole`); None where they
        do not fit side by side."""
        columns = self._columns()
        widths = [max(map(width, column)) for column in columns]
        if self.fit is None:
            return widths
        room = self.fit - len(GAP) * max(0, len(widths) - 1)
        for floors in self._floors(columns, widths):
            if names_whole and len(self.head) > 2:
                floors[0] = max(floors[0], self._whole(0, columns[0][1:]))
            while sum(widths) > room:
                slack = [at for at, floor in enumerate(floors) if widths[at] > floor]
                if not slack:
                    break
                widths[max(slack, key=lambda at: widths[at])] -= 1
        return widths if sum(widths) <= room else None

    def _floors(self, columns: Sequence[Sequence[str]], natural: Sequence[int]) -> Iterator[list[int]]:
        """How narrow each column may become: first by breaking headings, then by breaking text. Numbers stay whole; a
        remark may stand below its number."""
        heads = [unbroken(column[0]) for column in columns]
        whole = [self._whole(at, column[1:]) for at, column in enumerate(columns)]
        least = [1 if right else min(NARROWEST_TEXT, natural[at]) for at, right in enumerate(self.right)]
        yield [max(row) for row in zip(heads, whole, least, strict=True)]
        text = [max(map(self._unbroken, column)) for column in columns]
        cells = [whole[at] if right else text[at] for at, right in enumerate(self.right)]
        yield [max(row) for row in zip(heads, cells, least, strict=True)]

    @staticmethod
    def _unbroken(cell: str) -> int:
        """A quantity stays whole in a column of text, too: among words as `no difference`."""
        return width(cell) if is_quantity(cell) else unbroken(cell)

    def _whole(self, at: int, cells: Sequence[str]) -> int:
        return max((width(without_remark(cell) if self.right[at] else cell) for cell in cells), default=1)

    def _folds(self) -> list[str] | None:
        """Several tables of some columns each, all with the first; None where that does not help."""
        if len(self.head) < 3 or len(self.cells) > MOST_FOLDED:
            return None
        natural = [max(map(width, column)) for column in self._columns()]
        groups: list[list[int]] = [[0]]
        for at in range(1, len(natural)):
            together = [*groups[-1], at]
            # the first column and one other share a table however wide they are: squeezed later, never empty
            if len(together) > 2 and sum(natural[i] + len(GAP) for i in together) - len(GAP) > (self.fit or 0):
                together = [0, at]
                groups.append(together)
            groups[-1] = together
        if len(groups) > 1 and len(groups[-1]) == 2 and len(groups[-2]) > 3:
            # a column that is left over does not stand alone
            groups[-1].insert(1, groups[-2].pop())
        tables = [self._only(group) for group in groups]
        if len(tables) == 1 or any(table._widths() is None for table in tables):
            return None
        return "\n\n".join("\n".join(table.lines()) for table in tables).split("\n")

    def _only(self, columns: Sequence[int]) -> Layout:
        cells = [[row[at] for at in columns] for row in self.cells]
        return Layout([self.head[at] for at in columns], cells, [self.right[at] for at in columns], self.fit)

    def _cell(self, at: int, cell: str, places: int) -> list[str]:
        """A number is never broken over two lines, where it would read as two numbers."""
        return [shorten(cell, places)] if self.right[at] and " " not in cell else wrap(cell, places)

    def _row(self, cells: list[list[str]], widths: Sequence[int]) -> Iterator[str]:
        for line in range(max(map(len, cells), default=0)):
            parts = [
                self._padded(at, cell[line] if line < len(cell) else "", widths[at]) for at, cell in enumerate(cells)
            ]
            yield GAP.join(parts).rstrip()

    def _padded(self, at: int, text: str, places: int) -> str:
        space = " " * (places - width(text))
        return space + text if self.right[at] else text + space

    def _row_by_row(self) -> Iterator[str]:
        """Each row as a block: the first cell, then a line for each other column."""
        fit = max(self.fit or 0, LEAST_FIT)
        names = min(max((width(name) for name in self.head[1:]), default=0), fit // 2)
        values = fit - names - 2 * len(GAP)
        for row in self.cells:
            yield from wrap(row[0], fit)
            for at, cell in enumerate(row[1:], start=1):
                left, right = wrap(self.head[at], names), self._cell(at, cell, values)
                for line in range(max(len(left), len(right))):
                    name = left[line] if line < len(left) else ""
                    value = right[line] if line < len(right) else ""
                    yield f"{GAP}{name}{' ' * (names - width(name))}{GAP}{value}".rstrip()
        if not self.cells:
            yield from wrap(f"{', '.join(self.head)}: (none)", fit)
