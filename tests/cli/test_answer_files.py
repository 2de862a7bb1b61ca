"""Answers as files: which endings work for which command, what is in them, and that nothing else is written."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
from checks.test_against_a_revision import git
from help_desk import WORLD

from simkit.cli.answer_files import as_csv, as_page, left_out
from simkit.cli.commands import COMMANDS
from simkit.cli.endings import ENDINGS
from simkit.cli.output import Answer
from simkit.table import Table

Cli = Callable[..., click.testing.Result]
FEW = ("--trials", "20")
TABLE = frozenset({".txt", ".json", ".md", ".csv", ".html"})
PICTURE = TABLE | {".svg", ".png", ".pdf"}
ANSWERS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "validate": (("WORLD",), TABLE),
    "run": (("WORLD", *FEW), PICTURE),
    "compare": (("WORLD", *FEW), PICTURE),
    "sensitivity": (("WORLD", "--draws", "64", "--policies", "rbac,jit"), PICTURE),
    "reach": (("WORLD", *FEW), TABLE),
    "rank": (("WORLD",), PICTURE),
    "paths": (("WORLD", *FEW), PICTURE),
    "check": (("WORLD", *FEW), TABLE | {".sarif", ".xml"}),
    "diff": (("WORLD", "SEEN", *FEW), TABLE),
    "trend": (("WORLD", *FEW), PICTURE),
    "narrow": (("WORLD", *FEW), PICTURE),
    "roles": (("WORLD",), TABLE),
    "ablate": (("WORLD", *FEW), PICTURE),
    "privilege": (("WORLD",), TABLE),
    "impact": (("SEEN", "--to", "task-scoped"), TABLE),
    "evidence": (("WORLD", *FEW), TABLE),
    "study": (("WORLD", *FEW), TABLE),
    "report": (("WORLD", "--quick", *FEW), frozenset({".html"})),
    "explain": (("LOG", "--at", "1d", "--identity", "desk"), TABLE),
    "graph": (("WORLD",), frozenset({".mmd", ".dot", ".graphml", ".json", ".svg", ".png", ".pdf"})),
    "policies": ((), TABLE),
    "sessions": ((), TABLE),
    "schema": ((), frozenset({".json"})),
    "generate": (("--steps", "200"), frozenset({".yaml"})),
}
"""The commands that answer with a table, a picture or a page, how each is asked, and the endings that work for it."""
OTHERS = {"replay", "notebook", "import", "init", "completion"}
"""A log, files of their own, or a script: no table and no picture."""
TRIED = sorted(TABLE | PICTURE | {".sarif", ".xml", ".mmd", ".dot", ".graphml", ".yaml", ".xyz"})


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The help desk in a repository, with observed runs, and the log of a trial."""
    from simkit.cli.commands import simkit

    folder = tmp_path_factory.mktemp("files")
    (folder / "world.yaml").write_text(WORLD, "utf-8")
    runs = "observed:\n  - {task: reply, calls: [crm.answer]}\n"
    (folder / "seen.yaml").write_text(WORLD + runs, "utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "the desk")
    names = {"WORLD": "world.yaml", "SEEN": "seen.yaml", "LOG": "log.jsonl"}
    places = {word: str(folder / name) for word, name in names.items()}
    made = click.testing.CliRunner().invoke(simkit, ["replay", places["WORLD"], "--out", places["LOG"]])
    assert made.exit_code == 0
    return places


def asked(files: dict[str, str], command: str) -> list[str]:
    words, _ = ANSWERS[command]
    return [command, *(files.get(word, word) for word in words)]


def test_every_command_is_walked() -> None:
    assert {*ANSWERS, *OTHERS} == set(COMMANDS)


@pytest.mark.parametrize("command", ANSWERS)
def test_an_ending_works_or_those_that_do_are_named(
    cli: Cli, files: dict[str, str], tmp_path: Path, command: str
) -> None:
    works = ANSWERS[command][1]
    for ending in TRIED:
        out = tmp_path / f"answer{ending}"
        result = cli(*asked(files, command), "--out", str(out))
        if ending in works:
            assert (result.exit_code in (0, 1), out.exists()) == (True, True), (ending, result.output)
            assert is_whole(out), ending
            out.unlink()
        else:
            assert (result.exit_code, result.stderr.count("\n")) == (2, 1), (ending, result.output)
            assert named(result.stderr) == {end for end in ENDINGS if is_same(end, works)}
        assert list(tmp_path.iterdir()) == []


def named(message: str) -> set[str]:
    """The endings that a refusal names as good ones."""
    return set(re.findall(r"\.[a-z.]+\b", message.split(" end the name in ")[1].split(", or say")[0]))


def is_same(ending: str, works: frozenset[str]) -> bool:
    return ENDINGS[ending] in {ENDINGS[each] for each in works}


def is_whole(file: Path) -> bool:
    """True if the file is what its ending says."""
    content = file.read_bytes()
    marks = {".svg": (b"<?xml", b"</svg>\n"), ".png": (b"\x89PNG", b"IEND\xaeB`\x82"), ".pdf": (b"%PDF", b"%%EOF\n")}
    if file.suffix in marks:
        begins, ends = marks[file.suffix]
        return content.startswith(begins) and content.endswith(ends)
    text = content.decode()
    if file.suffix == ".json":
        return bool(json.loads(text))
    if file.suffix == ".csv":
        return len({len(row) for row in csv.reader(io.StringIO(text))}) <= 1
    if file.suffix == ".html":
        return text.lower().startswith("<!doctype html>") and text.rstrip().endswith("</html>")
    return bool(text.strip())


def test_a_picture_of_nothing_is_refused_and_leaves_no_file(cli: Cli, world: str, tmp_path: Path) -> None:
    """The desk may read nothing: no path leads anywhere."""
    Path(world).write_text(WORLD.replace("operation: crm.*", "operation: crm.answer"), "utf-8")
    out = tmp_path / "paths.svg"
    result = cli("paths", world, *FEW, "--out", str(out))
    assert (result.exit_code, "nothing to draw" in result.stderr, out.exists()) == (2, True, False)
    page = tmp_path / "paths.html"
    assert cli("paths", world, *FEW, "--out", str(page)).exit_code == 0
    assert "<img" not in page.read_text("utf-8")


def test_a_page_has_the_picture_and_every_table(cli: Cli, world: str, tmp_path: Path) -> None:
    out = tmp_path / "compare.html"
    assert cli("compare", world, *FEW, "--out", str(out)).exit_code == 0
    page = out.read_text("utf-8")
    assert page.count("data:image/svg+xml;base64,") == 1
    assert page.count("<table") >= 2
    assert "http" not in re.sub(r"base64,[^\"]*", "", page)


def test_csv_says_what_it_leaves_out_and_quiet_does_not(cli: Cli, world: str) -> None:
    told = cli("run", world, *FEW, "--format", "csv")
    assert told.stdout.splitlines()[0] == "measure,estimate,low,high"
    assert "note: CSV holds the first table; as .html, .md or .json there is, too: " in told.stderr
    assert cli("run", world, *FEW, "--format", "csv", "--quiet").stderr == ""


def test_an_svg_may_go_to_standard_output_and_what_is_no_text_may_not(cli: Cli, world: str) -> None:
    assert cli("compare", world, *FEW, "--format", "svg").stdout.startswith("<?xml")
    result = cli("compare", world, *FEW, "--format", "png")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "name a file, as in --out a.png" in result.stderr


def test_a_check_that_fails_fails_as_a_page_too(cli: Cli, world: str, tmp_path: Path) -> None:
    Path(world).write_text(WORLD + "expect:\n  closed: {measure: cases-leaked, at_most: 1%}\n", "utf-8")
    out = tmp_path / "check.html"
    assert cli("check", world, *FEW, "--out", str(out)).exit_code == 1
    assert "FAILED" in out.read_text("utf-8")


def test_no_name_is_a_formula_or_markup() -> None:
    table = Table(
        ("name", "value"), [("=cmd|calc", 1.5), ("@sum", None), ("-run", float("nan")), ("-4 %", "+2 [1, 3]")]
    )
    answer = Answer("<script>", (table,), {})
    assert as_csv(answer) == "name,value\n'=cmd|calc,1.5\n'@sum,\n'-run,\n-4 %,\"+2 [1, 3]\"\n"
    assert "<script>" not in as_page(answer, ["<b>"], None)
    assert left_out((table,)) == ""
