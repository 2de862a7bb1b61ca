"""What the user sees beside results: errors, notes and progress, all on standard error."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import click

from simkit.cli.build_log import harmless
from simkit.errors import ScenarioError
from simkit.progress import awaited, listening, remarks
from simkit.table import duration, printable

PATIENCE = 0.7
"""Seconds before work counts as long and progress is shown."""
WIDTH_OF_A_FILE = 120
"""Places in a line where standard output is no terminal; the variable COLUMNS overrides it."""


@dataclass(slots=True)
class Terminal:
    """How much the user wants to hear."""

    quiet: bool = False
    verbose: bool = False
    changes: dict[str, str] = field(default_factory=dict)
    """What --set says of the scenario, by path."""

    def note(self, text: str) -> None:
        """Something worth knowing that is not the result; silent with --quiet."""
        if not self.quiet:
            say(text)

    def remarks(self) -> None:
        """What the work remarked: as notes."""
        for text in remarks():
            self.note(f"note: {text}")

    @contextlib.contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Shows `text`, how much is done and the seconds so far while the work in the block takes long."""
        if self.quiet or not sys.stderr.isatty():
            yield
            return
        done, share = threading.Event(), [0.0]
        shower = threading.Thread(target=_show, args=(done, share, printable(text)), daemon=True)
        shower.start()
        try:
            with listening(lambda told: share.__setitem__(0, told)):
                yield
        finally:
            done.set()
            shower.join()


def _show(done: threading.Event, share: list[float], text: str) -> None:
    started = time.monotonic()
    if done.wait(PATIENCE):
        return
    while not done.wait(0.1):
        passed = duration(float(int(time.monotonic() - started)))
        if share[0]:
            passed = f"{int(100 * share[0])} %, {passed}"
        room = max(20, shutil.get_terminal_size().columns) - 1
        sys.stderr.write(f"\r{f'{awaited() or text} ... {passed}'[:room]}\x1b[K")
        sys.stderr.flush()
    sys.stderr.write("\r\x1b[K")
    sys.stderr.flush()


def say(text: str) -> None:
    """`text` on standard error, its control characters escaped line by line."""
    _aside("\n".join(printable(line) for line in text.split("\n")))


def _aside(text: str) -> None:
    """`text` on standard error; where that cannot be written, nobody hears it, and the answer and exit code stand."""
    try:
        click.echo(harmless(text), err=True, color=coloured(sys.stderr))
    except OSError:
        # what is left in the buffer would fail again as the interpreter ends, and change the exit code
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def complain(message: str) -> None:
    """One line that begins with `error:`, on standard error."""
    label = click.style("error:", fg="red", bold=True) if coloured(sys.stderr) else "error:"
    _aside(f"{label} {printable(message)}")


def complaints(error: Exception) -> None:
    """One line for each mistake that `error` names."""
    if isinstance(error, ScenarioError):
        for problem in error.problems:
            complain(str(problem))
    else:
        for line in str(error).split("\n"):
            complain(line)


def report_bug(error: Exception, verbose: bool) -> None:
    """What to do about a bug in simkit; with `verbose` the traceback too."""
    import simkit

    if verbose:
        say("".join(traceback.format_exception(error)).rstrip())
    complain(f"simkit failed, which is a bug in simkit and not in your input: {type(error).__name__}: {error}")
    here = f"simkit {simkit.__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    missing = "" if verbose else " Run it again with --verbose for the traceback."
    say(f"Please report it {_where_to()} with the command and this line: {here}.{missing}")


def _where_to() -> str:
    """The issue tracker that the installed package names."""
    from importlib.metadata import distributions

    from simkit.package import NAME

    urls = (line for found in distributions(name=NAME) for line in found.metadata.get_all("Project-URL") or [])
    for line in urls:
        label, _, url = line.partition(",")
        if label.strip().lower() in ("issues", "tracker", "bug tracker", "bugs"):
            return f"at {url.strip()}"
    return "to the maintainers of simkit"


def coloured(stream: IO[str]) -> bool:
    """True for a terminal, unless NO_COLOR is set (https://no-color.org) or the terminal is dumb."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def line_width() -> int:
    """How many places a line of results may take."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return max(20, int(columns))
    return max(20, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH_OF_A_FILE
