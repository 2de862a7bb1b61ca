"""`simkit report`, as a user types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click.testing
import matplotlib as mpl
import pytest

mpl.use("agg")

Cli = Callable[..., click.testing.Result]
FEW = ("--trials", "20", "--policies", "rbac,ours")


def test_a_page_is_written_whole_and_the_summary_said(cli: Cli, world: str, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = cli("report", world, *FEW, "--goal", "cases-leaked", "--out", str(out))
    assert done.exit_code == 0, done.output
    said = " ".join(done.stdout.split())
    assert said.startswith("If desk-key leaks, 10 of value is lost on average [10, 10] under rbac")
    assert f"written: {out}" in done.stderr
    page = out.read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    assert {path.name for path in tmp_path.iterdir()} == {"world.yaml", "report.html"}
    assert "--goal cases-leaked --trials 20" in page
    assert "1 change puts cases-leaked out of reach" in page


def test_the_command_on_the_page_makes_the_same_page(
    cli: Cli, world: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from html import unescape
    from shlex import split

    monkeypatch.chdir(tmp_path)
    words = ("-e", "poisoned-ticket", "--policy", "ours", "--seed", "5", *FEW)
    assert cli("report", world, *words, "-o", "first.html").exit_code == 0
    page = Path("first.html").read_text("utf-8")
    line = next(line for line in page.split("\n") if "simkit report world.yaml" in line)
    command = unescape(line[line.index("simkit report") : line.index("</pre>")])
    assert cli(*split(command)[1:]).exit_code == 0
    assert Path("report.html").read_text("utf-8") == page


def test_a_page_goes_to_a_pipe_but_not_to_a_terminal(cli: Cli, world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = cli("report", world, *FEW)
    assert piped.exit_code == 0
    assert piped.stdout.startswith("<!DOCTYPE html>")
    assert piped.stdout.endswith("</html>\n")
    monkeypatch.setattr("simkit.cli.commands.report.sys", type("Terminal", (), {"stdout": Terminal()}))
    shown = cli("report", world, *FEW)
    assert shown.exit_code == 2
    assert "name a file, as in --out report.html" in shown.stderr
    assert shown.stdout == ""


class Terminal:
    """A standard output that people look at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--policies", "no-such"), "no policy is called 'no-such'"),
        (("--goal", "no-such"), "no-such"),
        (("--entry-point", "no-such"), "no entry point is called 'no-such'"),
        (("--out", "no/such/folder/r.html"), "there is no folder"),
    ],
)
def test_bad_input_is_2_and_writes_nothing(cli: Cli, world: str, words: tuple[str, ...], says: str) -> None:
    done = cli("report", world, "--trials", "20", *words)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""
