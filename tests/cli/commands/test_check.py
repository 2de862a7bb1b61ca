"""check is a gate: 0 when all holds, 1 when something does not, 2 for bad input; never 0 for what it did not see."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as Xml

import click.testing
import pytest
from checks.test_formats import JUNIT, OURS, SARIF
from checks.worlds import DESK, grown

from simkit.cli.commands.check import pairs
from simkit.errors import QuestionError

Cli = Callable[..., click.testing.Result]
FEW = ("--trials", "100")
BROKEN = DESK.replace("at_most: 5%", "at_least: 5%")
UNSURE = DESK.replace("books-leaked, at_most: 5%", "contained, at_least: 10%").replace(
    "goals:", "response: {detection: {any: {chance: 0.2, delay: 1s}}}\ngoals:"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Path:
    """A folder with a scenario and its baseline, in which the commands run."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "desk.yaml").write_text(DESK, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli("check", "scenarios", "--baseline", "b.json", "--update", *FEW).exit_code == 0
    return tmp_path


def rewritten(project: Path, text: str) -> None:
    (project / "scenarios" / "desk.yaml").write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (DESK, (), 0),
        (DESK, ("--baseline", "b.json"), 0),
        (grown(), ("--baseline", "b.json"), 1),
        (grown(), ("--baseline", "b.json", "--exit-zero"), 0),
        (BROKEN, (), 1),
        (BROKEN, ("--exit-zero",), 0),
        (UNSURE, FEW, 1),
        (BROKEN, ("--baseline", "b.json", "--update"), 2),
        (BROKEN, ("--baseline", "b.json", "--update", "--reason", "the books are open now"), 1),
        (DESK + "surprise: 1\n", (), 2),
        (DESK + "surprise: 1\n", ("--exit-zero",), 2),
    ],
)
def test_the_exit_code_says_what_came_of_it(
    cli: Cli, project: Path, text: str, words: tuple[str, ...], code: int
) -> None:
    rewritten(project, text)
    assert cli("check", "scenarios", *words).exit_code == code


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "no PATH is given: name a scenario, or set `paths` in [tool.simkit.check]"),
        (("nowhere",), "no file is called 'nowhere'"),
        (("nowhere.yaml",), "no file is called 'nowhere.yaml'"),
        (("scenarios", "nowhere"), "no file is called 'nowhere'"),
        (("empty",), "the folder 'empty' holds no scenario"),
        (("scenarios", "--baseline", "gone.json"), "there is no baseline 'gone.json': make it with"),
        (("scenarios", "--baseline", "scenarios/desk.yaml"), "is no baseline of simkit"),
        (("scenarios", "--baseline", "scenarios"), "'scenarios' is a folder"),
        (("scenarios", "--update"), "--update has no baseline to renew: name it with --baseline"),
        (("scenarios", "--policies", "jit"), "--policies says what a baseline holds, and there is none: name it with"),
        (("scenarios", "--baseline", "b.json", "--trials", "7"), "leave trials out, or renew"),
        (("scenarios", "--baseline", "b.json", "--policies", "jit"), "has no policy 'jit'"),
        (("-", "--baseline", "b.json"), "standard input has no place in a baseline"),
        (("scenarios", "--frobnicate"), "No such option"),
        (("scenarios", "--format", "yaml"), "'yaml' is not one of"),
        (("scenarios", "--trials", "0"), "0 is not in the range"),
        (("scenarios", "--format", "json", "--format", "sarif"), "two formats cannot share standard output"),
        (("scenarios", "--out", "nowhere/x.json"), "there is no folder 'nowhere'"),
        (("scenarios", "--baseline", "b.json", "--out", "b.json"), "is a file that is read"),
    ],
)
def test_bad_input_is_2_with_one_sentence_even_with_exit_zero(
    cli: Cli, project: Path, words: tuple[str, ...], says: str
) -> None:
    (project / "empty").mkdir()
    answer = cli("check", *words, "--exit-zero", stdin=DESK)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith("error: ")
    assert says in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_check_that_is_refused_changes_no_file(cli: Cli, project: Path) -> None:
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    other = project / "scenarios" / "other.yaml"
    other.write_text(DESK + "surprise: 1\n", "utf-8")
    answer = cli("check", "scenarios", "--baseline", "b.json", "--update", "--format", "sarif", "--out", "x.sarif")
    other.unlink()
    assert answer.exit_code == 2
    assert {file: file.read_bytes() for file in project.rglob("*") if file.is_file()} == before


def test_standard_input_is_a_scenario(cli: Cli, project: Path) -> None:
    assert cli("check", "-", *FEW, stdin=DESK).exit_code == 0
    answer = cli("check", "-", *FEW, "--format", "sarif", stdin=BROKEN)
    assert answer.exit_code == 1
    SARIF.validate(json.loads(answer.stdout))


def test_every_format_at_once(cli: Cli, project: Path) -> None:
    rewritten(project, grown())
    made = ("--out", "c.sarif", "--out", "c.xml", "--out", "c.json", "--out", "c.md")
    formats = [word for name in ("text", "json", "sarif", "junit", "markdown") for word in ("--format", name)]
    answer = cli("check", "scenarios", "--baseline", "b.json", *formats, *made)
    assert answer.exit_code == 1
    assert answer.stdout.startswith("FAILED: 1 scenario, ")
    *written, asked = answer.stderr.splitlines()
    assert written == [f"written: {name}" for name in ("c.sarif", "c.xml", "c.json", "c.md")]
    assert asked.startswith("note: scenarios/desk.yaml: 1 warning in this file touches this answer: no-task")
    SARIF.validate(json.loads(Path("c.sarif").read_text("utf-8")))
    OURS.validate(json.loads(Path("c.json").read_text("utf-8")))
    JUNIT.validate(Path("c.xml"))
    assert Path("c.md").read_text("utf-8").startswith("<!-- simkit check -->\n")


def test_who_writes_all_to_files_still_hears_what_failed(cli: Cli, project: Path) -> None:
    rewritten(project, grown())
    answer = cli("check", "scenarios", "--baseline", "b.json", "--out", "c.xml")
    assert answer.stdout == ""
    assert "entitlement crm.books of role desk added" in answer.stderr


@pytest.mark.parametrize(
    ("formats", "outs", "made"),
    [
        ([], [], [("text", "-")]),
        ([], ["a.md", "b.sarif.json"], [("markdown", "a.md"), ("sarif", "b.sarif.json")]),
        (["json", "sarif"], ["a.sarif", "b.json"], [("sarif", "a.sarif"), ("json", "b.json")]),
        (["sarif", "json"], ["a.json", "b.json"], [("sarif", "a.json"), ("json", "b.json")]),
        (["text", "junit"], ["-", "report"], [("text", "-"), ("junit", "report")]),
        (["text", "junit"], ["report.xml"], [("junit", "report.xml"), ("text", "-")]),
    ],
)
def test_formats_find_their_files(formats: list[str], outs: list[str], made: list[tuple[str, str]]) -> None:
    assert pairs(formats, outs) == made


def test_a_file_too_many_is_refused() -> None:
    with pytest.raises(QuestionError, match="--out b has no format: give a --format for each --out"):
        pairs(["json"], ["a", "b"])


# ---------------------------------------------------------------- the project's own settings


def settings(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(text, "utf-8")


OWN = '[tool.simkit.check]\npaths = ["scenarios"]\nbaseline = "b.json"\n'


def test_pyproject_says_what_is_checked_from_every_folder_below(
    cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(project, OWN)
    rewritten(project, grown())
    for folder in (project, project / "scenarios"):
        monkeypatch.chdir(folder)
        answer = cli("check")
        assert answer.exit_code == 1
        assert "measures grew since" in answer.stdout


def test_the_command_line_counts_before_pyproject(cli: Cli, project: Path) -> None:
    settings(project, OWN.replace("b.json", "gone.json") + "trials = 7\nseed = 3\n")
    assert cli("check", "scenarios").exit_code == 2
    answer = cli("check", "scenarios", "--format", "json", "--baseline", "n.json", "--update", "--seed", "4")
    (found,) = json.loads(answer.stdout)["result"]["files"]
    assert (found["trials"], found["seed"]) == (7, 4)


def test_pyproject_says_what_a_new_baseline_holds(cli: Cli, project: Path) -> None:
    settings(project, OWN + 'policies = ["jit", "rbac"]\n')
    assert cli("check", "--update").exit_code == 0
    (run,) = json.loads(Path("b.json").read_text("utf-8"))["scenarios"].values()
    assert set(run["results"]) == {"jit", "rbac"}
    assert cli("check").exit_code == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[tool.simkit.check]\npathz = ["a"]\n', "has no key 'pathz': did you mean paths?"),
        ('[tool.simkit.check]\npaths = "scenarios"\n', "paths is 'scenarios': write a list of texts"),
        ("[tool.simkit.check]\ntrials = -1\n", "trials is -1: write a whole number from 1 to 17179869184"),
        ("[tool.simkit]\nthreads = 0\n", "threads is 0: write a whole number from 1 on"),
        ("[tool.simkit]\nseed = -1\n", "seed is -1: write a whole number from 0 to 18446744073709551615"),
        ('[tool.simkit.check]\nbaseline = ""\n', "baseline is '': write a text that is not empty"),
        ("[tool]\nsimkit = 5\n", "[tool.simkit] is no table"),
        ("[tool.simkit.check\n", "cannot be read"),
    ],
)
def test_mistakes_in_pyproject_are_refused(cli: Cli, project: Path, text: str, says: str) -> None:
    """A gate that went on without its settings would be green for the wrong reason."""
    settings(project, text)
    answer = cli("check", "scenarios")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert says in answer.stderr


# ---------------------------------------------------------------- what is said


def test_folders_are_searched_for_files_that_begin_a_scenario(cli: Cli, project: Path) -> None:
    deep = project / "scenarios" / "team" / "deep"
    deep.mkdir(parents=True)
    (deep / "other.yml").write_text(DESK.replace("name: help-desk", "name: other"), "utf-8")
    (deep / "values.yaml").write_bytes(b"image: caf\xe9\n")
    found = json.loads(cli("check", "scenarios", "scenarios/desk.yaml", *FEW, "--format", "json").stdout)
    assert [each["file"] for each in found["result"]["files"]] == [
        os.path.join("scenarios", "desk.yaml"),
        os.path.join("scenarios", "team", "deep", "other.yml"),
    ]
    (deep / "wide.yaml").write_bytes(DESK.encode("utf-16"))
    assert "is not UTF-8" in cli("check", "scenarios", *FEW).stderr, "a scenario is never left out in silence"


def test_what_cannot_be_told_says_how_many_trials_would_and_how_to_have_them(cli: Cli, project: Path) -> None:
    rewritten(project, UNSURE)
    why = ("--reason", "nobody can promise less than 5 %")
    assert cli("check", "scenarios", "--baseline", "b.json", "--update", *why, *FEW).exit_code == 1
    answer = " ".join(cli("check", "scenarios", "--baseline", "b.json").stdout.split())
    assert "100 trials are too few: about " in answer
    assert "The baseline keeps how many: renew it with --update to raise them." in answer
    for _ in range(3):  # the advice follows the estimate, which moves a little
        needed = answer.split("(--trials ")[1].split(")")[0]
        told = cli("check", "scenarios", "--baseline", "b.json", "--update", "--trials", needed)
        answer = " ".join(told.stdout.split())
        if told.exit_code == 0:
            break
    assert "2 of 2 expectations hold" in answer


def test_quiet_says_what_failed_and_updates_say_what_they_did(cli: Cli, project: Path) -> None:
    rewritten(project, grown())
    answer = cli("check", "scenarios", "--baseline", "b.json", "--quiet")
    assert "GREW: books-leaked" in answer.stdout
    assert "attack paths to cut" not in answer.stdout
    assert "b.json is renewed" in cli("check", "scenarios", "--baseline", "b.json", "--update").stdout
    os.remove("scenarios/desk.yaml")
    (project / "scenarios" / "other.yaml").write_text(DESK, "utf-8")
    refused = cli("check", "scenarios", "--baseline", "b.json", "--update")
    assert (refused.exit_code, "(scenario scenarios/desk.yaml is gone): give the reason" in refused.stderr) == (2, True)
    assert cli("check", "scenarios", "--baseline", "b.json", "--update", "--reason", "closed").exit_code == 0
    assert cli("check", "scenarios", "--baseline", "b.json", "--reason", "closed").exit_code == 2


def test_junit_counts_what_the_text_says(cli: Cli, project: Path) -> None:
    rewritten(project, BROKEN)
    cli("check", "scenarios", *FEW, "--out", "c.xml")
    assert Xml.parse("c.xml").getroot().get("failures") == "2"


def test_every_broken_file_is_named_and_nothing_is_written(cli: Cli, project: Path) -> None:
    before = (project / "b.json").read_bytes()
    for name in ("one.yaml", "two.yaml"):
        (project / "scenarios" / name).write_text(DESK + f"surprise-{name[:3]}: 1\n", "utf-8")
    (project / "scenarios" / "three.yaml").write_bytes(b"simkit: 1\nname: caf\xe9\n")
    (project / "scenarios" / "gone.yaml").symlink_to("nowhere.yaml")
    answer = cli("check", "scenarios", "--baseline", "b.json", "--update", "--out", "found.json")
    assert (answer.exit_code, answer.stdout) == (2, "")
    gone, one, three, two = answer.stderr.splitlines()
    assert "no file is called 'scenarios/gone.yaml'" in gone
    assert "scenarios/one.yaml:" in one
    assert "scenarios/three.yaml:2:10: the byte 0xE9 is not UTF-8" in three
    assert "scenarios/two.yaml:" in two
    assert (project / "b.json").read_bytes() == before
    assert not (project / "found.json").exists()


def test_every_missing_path_is_named(cli: Cli, project: Path) -> None:
    for command in ("check", "study"):
        answer = cli(command, "nowhere", "scenarios", "elsewhere.yaml")
        assert answer.exit_code == 2
        assert [line.split("'")[1] for line in answer.stderr.splitlines()] == ["nowhere", "elsewhere.yaml"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--out", "a.json", "--out", "./a.json"), "--out a.json is given twice, and would hold only the last"),
        (("--format", "json", "--format", "sarif", "--out", "a", "--out", "a"), "--out a is given twice"),
        (("--out", ""), "--out is empty: name a file"),
        (("--baseline", ""), "there is no baseline ''"),
        (("--baseline", "", "--update"), "--baseline is empty: name a file"),
        (("--baseline", "no/b.json", "--update"), "--baseline no/b.json: there is no folder 'no': make it first"),
    ],
)
def test_what_could_only_be_half_done_is_refused(cli: Cli, project: Path, words: tuple[str, ...], says: str) -> None:
    before = sorted(project.rglob("*"))
    answer = cli("check", "scenarios", "--trials", "100", *words)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert says in answer.stderr
    assert sorted(project.rglob("*")) == before


def test_against_is_no_baseline_and_no_revision_is_an_error(cli: Cli, project: Path) -> None:
    both = cli("check", "scenarios", "--baseline", "b.json", "--against", "main")
    assert (both.exit_code, "name one of them" in both.stderr) == (2, True)
    outside = cli("check", "scenarios", "--against", "main")
    assert (outside.exit_code, "not a git repository" in outside.stderr) == (2, True)


def test_what_is_accepted_in_a_file_passes_and_is_told(cli: Cli, project: Path) -> None:
    rewritten(project, grown())
    found = json.loads(cli("check", "scenarios", "-b", "b.json", "--format", "json").stdout)
    (finding,) = found["result"]["files"][0]["findings"]
    row = f"suppressions: [{{finding: {finding['finding'][:12]}, reason: it moves, until: 9999-12-31}}]\n"
    (project / "accepted.yaml").write_text(row, "utf-8")
    made = cli("check", "scenarios", "-b", "b.json", "--suppressions", "accepted.yaml", "--quiet")
    assert made.exit_code == 0
    assert "accepted until 9999-12-31 (it moves)" in " ".join(made.stdout.split())
    (project / "pyproject.toml").write_text('[tool.simkit.check]\nsuppressions = "accepted.yaml"\n', "utf-8")
    assert cli("check", "scenarios", "-b", "b.json").exit_code == 0
    (project / "accepted.yaml").write_text(row.replace("it moves", "''"), "utf-8")
    refused = cli("check", "scenarios", "-b", "b.json")
    assert refused.exit_code == 2
    assert "accepted.yaml:1:" in refused.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--tolerance", "10%"), 1),
        (("--tolerance", "much"), 2),
        (("--fail-on", "critical"), 1),
        (("--fail-on", "hgh"), 2),
        (("--new-only",), 1),
    ],
)
def test_what_fails_can_be_said(cli: Cli, project: Path, words: tuple[str, ...], code: int) -> None:
    rewritten(project, grown())
    assert cli("check", "scenarios", "-b", "b.json", *words).exit_code == code


def test_what_if_is_checked_and_never_stored(cli: Cli, project: Path) -> None:
    """With nobody to be steered every promise is kept; a baseline stores what is."""
    rewritten(project, DESK.replace("at_most: 5%", "at_most: 1%"))
    what_if = ("--set", "horizon=1s")
    assert cli("check", "scenarios", *FEW, *what_if).exit_code == 0
    refused = cli("check", "scenarios", *what_if, "--baseline", "b.json", "--update")
    assert refused.exit_code == 2
    assert "--set asks what if, and a baseline stores what is" in refused.stderr
    assert cli("check", "scenarios", "--set", "horizn=1s").exit_code == 2
