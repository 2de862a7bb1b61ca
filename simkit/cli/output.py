"""Results as text, JSON or Markdown, on standard output or in a file."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import click

from simkit.cli.answer_files import PICTURES, Picture, as_csv, as_page, as_picture, left_out
from simkit.cli.build_log import harmless
from simkit.cli.endings import format_of
from simkit.cli.terminal import Terminal, coloured, line_width
from simkit.errors import InputError, QuestionError
from simkit.table import Table, escape_markdown, printable, wrap

if TYPE_CHECKING:
    from simkit.linter import LintReport

JSON_FORMAT = 1
"""Raised when a field of the JSON output changes its meaning or goes; new fields do not raise it."""
FORMATS = ("text", "json", "markdown", "csv", "html")
"""The formats of every answer; some have a picture, too."""


class Result(Protocol):
    """What every answer of the library can do."""

    @property
    def summary(self) -> str:
        """One or two sentences."""

    def tables(self) -> Sequence[Table]:
        """The answer in full, the main table first."""

    def to_dict(self) -> Mapping[str, Any]:
        """The answer as JSON takes it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A result that a command puts together itself."""

    summary: str
    parts: tuple[Table, ...]
    data: Mapping[str, Any]

    def tables(self) -> Sequence[Table]:
        """The tables that it was made with."""
        return self.parts

    def to_dict(self) -> Mapping[str, Any]:
        """The data that it was made with."""
        return self.data


@dataclass(frozen=True, slots=True)
class Output:
    """Where results go, and how they look."""

    terminal: Terminal
    command: str
    format: str = "text"
    out: str = "-"

    @classmethod
    def planned(
        cls,
        terminal: Terminal,
        command: str,
        said: tuple[str | None, str],
        *reads: str,
        formats: Sequence[str] = FORMATS,
        pictures: bool = False,
    ) -> Output:
        """Where `command` writes, for what is `said` by --format and --out: one of `formats`, or of those of `pictures`
        where it has one.

        Raises InputError, before any work, as `check_out` does, and for a name whose ending no format has.
        """
        format_, out = said
        check_out(out, *reads)
        found = format_ or format_of(out, (*formats, *(PICTURES if pictures else ())))
        if found in PICTURES and found != "svg" and out == "-":
            raise InputError(f"a picture as {found} is no text for standard output: name a file, as in --out a.{found}")
        return cls(terminal, command, found, out)

    def result(
        self, result: Result, verdicts: Sequence[str] = (), *touched: LintReport, picture: Picture | None = None
    ) -> None:
        """Write `result`; `verdicts` are sentences about it that the user asked for, and `picture` draws it. What the
        linter asks about the scenarios that it is about, as far as it is `touched`, stands above it, in a line for each
        file; beside a picture or CSV, which have no room for it, it is a note."""
        if self.format in PICTURES:
            if picture is None:
                raise QuestionError("this answer has nothing to draw: ask for its table, as in --out answer.html")
            self.picture(picture)
        else:
            self.text(self._drawn(result, verdicts, touched, picture))
        if self.format in (*PICTURES, "csv"):
            self._beside(result, verdicts, touched)

    def _beside(self, result: Result, verdicts: Sequence[str], touched: Sequence[LintReport]) -> None:
        """What a table or a picture alone does not say, as notes."""
        self.terminal.note("\n".join([result.summary, *verdicts]))
        for report in touched:
            if report.warnings:
                self.terminal.note(report.caution)
        if self.format == "csv" and not hasattr(result, "figures_table") and (more := left_out(result.tables())):
            self.terminal.note(more)

    def picture(self, picture: Picture) -> None:
        """Write what `picture` draws."""
        drawn = as_picture(picture, self.format)
        if self.out == "-":
            self._print(drawn.decode())
        else:
            self._write(drawn)

    def text(self, content: str) -> None:
        """Write `content` as it is; a file appears whole or not at all."""
        if self.out == "-":
            self._print(content)
        else:
            self._write(content if content.endswith("\n") else content + "\n")

    def _write(self, content: str | bytes) -> None:
        from simkit.files import write

        write(self.out, content)
        self.terminal.note(f"written: {self.out}")

    def _print(self, content: str) -> None:
        content = harmless(content, self.format)
        try:
            click.echo(content, nl=not content.endswith("\n"), color=coloured(sys.stdout))
        except BrokenPipeError:
            raise
        except OSError as error:
            raise InputError(f"standard output cannot be written ({error.strerror}): use --out") from error

    def _drawn(
        self, result: Result, verdicts: Sequence[str], touched: Sequence[LintReport], picture: Picture | None
    ) -> str:
        if self.format == "json":
            asked = [warning.to_dict() for report in touched for warning in report]
            return as_json(self.command, {"result": result.to_dict(), "verdicts": list(verdicts), "warnings": asked})
        cautions = [report.caution for report in touched if report.warnings]
        if self.format == "csv":
            return as_csv(result)
        if self.format == "html":
            return as_page(result, [*cautions, *verdicts], picture)
        if self.format == "markdown":
            parts = [
                *map(escape_markdown, result.summary.splitlines()),
                *(table.markdown() for table in result.tables()),
            ]
            return "\n\n".join([*map(escape_markdown, cautions), *parts, *map(escape_markdown, verdicts)])
        return "\n\n".join(self._blocks(result, verdicts, cautions))

    def _blocks(self, result: Result, verdicts: Sequence[str], cautions: Sequence[str]) -> Iterable[str]:
        """With --quiet the summary and the verdicts alone; with --verbose where the result comes from, too."""
        fit = line_width() if self.out == "-" else None
        if cautions and not self.terminal.quiet:
            yield "\n".join(map(printable, cautions))
        lines = (line for part in result.summary.split("\n") for line in wrap(printable(part), fit))
        yield click.style("\n".join(lines), bold=True) if self._in_colour() else "\n".join(lines)
        if not self.terminal.quiet:
            yield from (self._table(table, fit) for table in result.tables())
        if verdicts:
            yield "\n".join(line for verdict in verdicts for line in wrap(printable(verdict), fit))
        provenance = getattr(result, "provenance", None)
        if self.terminal.verbose and provenance is not None:
            yield "\n".join(wrap(printable(f"Provenance: {provenance}"), fit))

    def _table(self, table: Table, fit: int | None) -> str:
        text = table.text(fit)
        if not (self._in_colour() and table.title):
            return text
        title, _, rest = text.partition("\n")
        return f"{click.style(title, fg='cyan')}\n{rest}"

    def _in_colour(self) -> bool:
        return self.out == "-" and coloured(sys.stdout)


def as_json(command: str, content: Mapping[str, Any]) -> str:
    """`content` with the version of simkit and of this format: keys sorted, NaN and infinity as null."""
    import simkit

    whole = {"simkit": simkit.__version__, "format": JSON_FORMAT, "command": command, **content}
    return json.dumps(_finite(whole), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    item: Callable[[], Any] | None = getattr(value, "item", None)
    return _finite(item()) if item is not None else value


def check_out(out: str, *inputs: str, option: str = "--out") -> None:
    """Raises InputError, before any work, where `out`, as `option` names it, cannot be written or is one of the files
    that are read."""
    if out == "-":
        return
    if not out:
        raise InputError(f"{option} is empty: name a file")
    folder = os.path.dirname(os.path.realpath(out) if os.path.islink(out) else out) or "."
    if not os.path.isdir(folder):
        raise InputError(f"{option} {out}: there is no folder {folder!r}: make it first, or name another")
    if os.path.isdir(out):
        raise InputError(f"{option} {out} is a folder: name a file in it")
    if not os.access(out if os.path.exists(out) else folder, os.W_OK):
        raise InputError(f"{option} {out}: you may not write there: name another file")
    for name in inputs:
        if name != "-" and os.path.exists(out) and os.path.exists(name) and os.path.samefile(out, name):
            raise InputError(f"{option} {out} is a file that is read: name another")
