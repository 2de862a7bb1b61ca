"""Progress shows where a person waits, and nowhere else."""

from __future__ import annotations

import io
import time

import pytest

from simkit.cli import terminal
from simkit.cli.terminal import Terminal, coloured, line_width
from simkit.progress import steps


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, heard: Terminal, work: float, patience: float) -> str:
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(terminal, "PATIENCE", patience)
    with heard.working("replaying \x1b trials"):
        time.sleep(work)
    return stream.getvalue()


def test_long_work_on_a_terminal_shows_progress_and_wipes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, Tty(), Terminal(), 0.3, 0.01)
    assert "\rreplaying \\x1b trials ... 0 s\x1b[K" in text
    assert text.endswith("\r\x1b[K")


def test_work_that_tells_how_far_it_is_shows_that_too(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Tty()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(terminal, "PATIENCE", 0.01)
    with Terminal().working("ranking"):
        for _ in steps(range(4)):
            time.sleep(0.3)
    assert "\rranking ... 25 %, " in stream.getvalue()


def test_short_work_quiet_work_and_work_in_a_pipe_show_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Tty(), Terminal(), 0.0, 60.0) == ""
    assert shown(monkeypatch, Tty(), Terminal(quiet=True), 0.2, 0.01) == ""
    assert shown(monkeypatch, io.StringIO(), Terminal(), 0.2, 0.01) == ""


def fail_slowly() -> None:
    with Terminal().working("ranking"):
        time.sleep(0.2)
        raise ValueError("lost")


def test_progress_ends_with_the_work_even_if_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Tty()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(terminal, "PATIENCE", 0.01)
    with pytest.raises(ValueError, match="lost"):
        fail_slowly()
    length = len(stream.getvalue())
    time.sleep(0.2)
    assert len(stream.getvalue()) == length


def test_colour_follows_the_terminal_and_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert coloured(Tty())
    assert not coloured(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured(Tty())
    monkeypatch.setenv("NO_COLOR", "")
    assert coloured(Tty())
    monkeypatch.setenv("TERM", "dumb")
    assert not coloured(Tty())


@pytest.mark.parametrize(("columns", "places"), [("100", 100), ("5", 20), ("0", 120), ("wide", 120), ("", 120)])
def test_the_width_is_that_of_the_variable_or_of_a_file(
    monkeypatch: pytest.MonkeyPatch, columns: str, places: int
) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())
    monkeypatch.setenv("COLUMNS", columns)
    assert line_width() == places
