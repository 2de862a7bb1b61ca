"""The click group: which exception becomes which exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from simkit.cli import STOPPED
from simkit.cli.terminal import Terminal, complain, complaints, report_bug, say
from simkit.errors import InputError, SimkitError
from simkit.remembered import remembering

FINE = 0
DOES_NOT_HOLD = 1
BAD_INPUT = 2
INTERNAL = 3
INCOMPLETE = 4
"""An answer that rests on files of which not everything could be read, where --strict asked."""
BROKEN_PIPE = 141
"""128 + SIGPIPE: whoever read the results has gone, which is no error of ours."""
COMPLETING = "_SIMKIT_COMPLETE"
"""The variable by which a shell asks for completions."""


class Group(click.Group):
    """A group whose exit codes are simkit's, however a command ends; commands are listed as they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order of use."""
        return list(self.commands)

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *_: Any, **extra: Any) -> Any:
        """Run, and exit with the code of what happened."""
        # else click would end the process itself, with exit codes of its own
        extra["standalone_mode"] = False
        terminal = Terminal()
        _survive_odd_streams()
        try:
            with remembering():
                answer = super().main(args, prog_name, obj=terminal, **extra)
            sys.stdout.flush()
            code = answer if isinstance(answer, int) else FINE
        except SystemExit as ended:
            # click leaves so with 1 where the reader of standard output is gone, and after a completion
            if ended.code != 1 or COMPLETING in os.environ:
                raise
            code = BROKEN_PIPE
        except (KeyboardInterrupt, click.Abort):
            complain("stopped")
            code = STOPPED
        except Exception as error:
            code = _code_of(error, terminal)
        terminal.remarks()
        sys.exit(code)


def _code_of(error: Exception, terminal: Terminal) -> int:
    """The exit code for `error`, after telling the user about it."""
    if isinstance(error, BrokenPipeError):
        # The interpreter flushes standard output once more on its way out, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        say(error.ctx.get_help() if error.ctx else error.format_message())
        return BAD_INPUT
    if isinstance(error, click.ClickException):
        _misused(error)
        return BAD_INPUT
    if isinstance(error, InputError):
        complaints(error)
        return BAD_INPUT
    if isinstance(error, SimkitError):
        complaints(error)
        return INTERNAL
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        complain(f"standard output cannot be written ({error.strerror}): send it elsewhere")
        return BAD_INPUT
    if isinstance(error, MemoryError):
        complain("the memory of this machine is not enough: ask for less, as with fewer --trials")
        return INTERNAL
    report_bug(error, terminal.verbose)
    return INTERNAL


def _misused(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    hint = f" (see `{context.command_path} --help`)" if context else ""
    complain(error.format_message().replace("\n", " ").strip().rstrip(".") + hint)


def _survive_odd_streams() -> None:
    """A stream that the shell has closed swallows what it is told, and a name that the terminal's encoding lacks is
    escaped; neither ends the run."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
