"""What the pages say is so: commands run as printed, rules stand where the page says, numbers are those of results."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import click
import pytest
from test_docs import blocks, coded, rows
from tiny_worlds import world

import simkit
from simkit.cli import main
from simkit.cli.commands import simkit as top
from simkit.policies import sessions
from simkit.standards.mapping import RELEVANT
from simkit.table import format_number
from simkit.techniques import TECHNIQUES, World
from simkit.techniques.copies import Staging
from simkit.techniques.reachable_copies import every_copy

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PROSE = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
WALKED = ("index", "tutorial", "explore-and-explain", "gate-a-change", "defend-a-design")
"""Pages whose commands are run one after the other, in one folder."""
OURS = re.compile(r"^(?:\.venv/bin/)?simkit ")


def read(page: str) -> str:
    return (DOCS / f"{page}.md").read_text("utf-8")


# ---- commands


def commands(text: str) -> Iterator[str]:
    """Each command line of simkit in `text`: in blocks of shell, and between backquotes."""
    for block in (*blocks(text, "sh"), *blocks(text, "console"), *blocks(text, "bash")):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\|", line.removeprefix("$ ")):
                if OURS.match(part.strip()):
                    yield part.strip()
    yield from (code for code in coded(prose(text)) if OURS.match(code))


def prose(text: str) -> str:
    """`text` without its blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def unknown(line: str) -> list[str]:
    """The words of a command line that simkit does not know: its command, and its options."""
    words = shlex.split(line, comments=True)[1:]
    if words[0].isupper() or words[0].startswith("-"):
        return []
    command = top.commands.get(words[0].split("|")[0])
    if command is None:
        return [words[0]]
    known = {flag for option in command.params if isinstance(option, click.Option) for flag in option.opts}
    given = [word.split("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)]
    return [word for word in given if word not in known | {"-h", "--help"}]


@pytest.mark.parametrize("page", PROSE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_option_that_is_named_exists(page: Path) -> None:
    named = list(commands(page.read_text("utf-8")))
    assert {line: unknown(line) for line in named if unknown(line)} == {}


def test_an_option_that_does_not_exist_would_be_noticed() -> None:
    text = "```sh\nsimkit compare x.yaml --polices rbac\n```\nand `simkit narow x.yaml`"
    assert [unknown(line) for line in commands(text)] == [["--polices"], ["narow"]]


def answered(line: str) -> str:
    """What a command prints; it must end well, or with the code that a comment behind it says."""
    said = re.search(r"# exits with (\d)$", line)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(shlex.split(line, comments=True)[1:])
    assert ended.value.code == (int(said[1]) if said else 0), f"{line}\n{err.getvalue()}{out.getvalue()}"
    return out.getvalue()


def in_order(words: list[str], answer: str) -> bool:
    """True if `answer` has all of `words`, one after the other, whatever stands between."""
    rest = iter(answer.split())
    return all(word in rest for word in words)


@pytest.mark.parametrize("page", WALKED)
def test_the_commands_of_a_page_run_and_print_what_it_shows(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")  # as wide as the tables on the pages; workers of pytest-xdist say 80
    answer, ran = "", 0
    for language, block in re.findall(r"^```(sh|text)\n(.*?)^```", read(page), re.DOTALL | re.MULTILINE):
        if language == "text":
            shown = block.replace("...]", "").split()
            assert in_order(shown, answer), f"{page} shows what is not printed:\n{block}\nbut\n{answer}"
        elif "simkit " in block:
            lines = block.splitlines()
            answer = "".join(answered(line) for line in lines)
            ran += len(lines)
    assert ran


def test_the_numbers_of_the_answer_in_the_tutorial_are_those_of_the_incident() -> None:
    drift = simkit.load(ROOT / "scenarios" / "incidents" / "salesloft-drift.yaml")
    compared = simkit.compare(drift, ["rbac", "task-scoped"], entry_point="drift-aws")
    task = compared["task-scoped"]
    difference = compared.difference("task-scoped").value
    said = " ".join(read("tutorial").split("## 7.")[1].replace(">", "").split())
    assert f"from {compared['rbac'].value_lost().estimate:.0f} to {task.value_lost().estimate:.2f}" in said
    assert f"difference −{-difference.low:.0f} to −{-difference.high:.0f}" in said
    assert f"none of the {task.utility.tasks} tasks" in said
    assert not task.utility.broken
    assert f"{format_number(task.utility.checks_a_day)} checks" in said
    assert f"{task.worst_case.value:.0f} of {compared['rbac'].worst_case.value:.0f}" in said


# ---- semantics


def shipped_and_cases() -> list[Path]:
    """Every scenario that is shipped, and the small ones with the words that few of these use."""
    return [*sorted((ROOT / "scenarios").rglob("*.yaml")), *sorted((ROOT / "tests" / "cases").glob("*.yaml"))]


@cache
def emitted() -> dict[str, set[str]]:
    """Which rules the steps of each family carry, on what is shipped and on a world with a grant."""
    found: dict[str, set[str]] = {family: set() for family in TECHNIQUES}
    granting = world("""
        identities: {admin: {entitlements: [{operation: iam.add}]}, app: {}}
        tools: {iam: {operations: {add: {effect: grant, role: power, targets: [app]}}}}
        roles: {power: {entitlements: [{operation: iam.add}]}}
        credentials: {key: {identity: admin}}
        entry_points: {start: {leak: key}}
        goals: {any: {performed: [iam.add]}}
    """)
    for scenario in (granting, *map(simkit.load, shipped_and_cases())):
        cut = sessions(scenario.model, simkit.policy("rbac"))
        seen = World.of(cut, scenario.response, scenario.entry_points, scenario.goals)
        for family, technique in TECHNIQUES.items():
            found[family] |= {step.rule for step in technique.steps(seen)}
        found["flow"] |= {step.rule for step in every_copy(Staging.of(seen))}
    roots = {
        entry.kind for file in ROOT.glob("scenarios/**/*.yaml") for entry in simkit.load(file).entry_points.values()
    }
    found["enter"] |= roots
    return found


def test_the_page_on_semantics_has_every_rule_beside_the_module_that_carries_it() -> None:
    page = {row[0]: coded(row[2])[0] for row in rows(read("semantics"), "The rules of inference")}
    assert page == {rule: family for family, rules in emitted().items() for rule in rules}
    assert set(page) - {"none", "objective", "meter", "way-out"} == set(RELEVANT), (
        "what has no effect, or only adds up, is in no list"
    )
    assert all((ROOT / "simkit" / "techniques" / f"{module}.py").exists() for module in page.values())


def test_the_page_on_semantics_has_every_kind_of_fact() -> None:
    page = read("semantics")
    shown = {name for row in rows(page, "## Facts and steps") for cell in row for name in re.findall(r"`(\w+)\(", cell)}
    kinds = set()
    for scenario in map(simkit.load, shipped_and_cases()):
        kinds |= {fact.kind for fact in simkit.simulation.compile_attack(scenario).graph.facts}  # type: ignore[attr-defined]
    assert kinds - {"exposed"} == shown


# ---- validation


def results(name: str) -> str:
    return (ROOT / "results" / f"{name}.md").read_text("utf-8")


def test_the_designs_of_agentdojo_are_those_of_the_results() -> None:
    ours = [(row[2], row[3]) for row in rows(read("validation"), "## AgentDojo")]
    kept = [(row[5], ", ".join(row[1:5])) for row in rows(results("agentdojo"), "# AgentDojo")]
    assert ours == kept
    assert all(row[1] == row[2] for row in rows(read("validation"), "## AgentDojo"))


def test_the_mined_roles_are_those_of_the_results() -> None:
    kept = {row[0]: row[5] for row in rows(results("agentdojo"), "## Fewer roles")}
    shown = {row[0]: row[2] for row in rows(read("validation"), "**Fewer roles than tasks.**")}
    assert shown == {k: kept[k] for k in ("2", "4", "8", "16")}


def test_the_runs_of_taubench_are_those_of_the_results() -> None:
    kept = sorted(int(row[1]) for row in rows(results("taubench"), "# tau-bench"))
    assert [84 - (84 - int(row[2])) for row in rows(read("validation"), "## tau-bench airline")] == kept
    assert all(row[1] == row[2] for row in rows(read("validation"), "## tau-bench airline"))


def test_the_incidents_reach_what_the_page_says() -> None:
    text = results("incidents")
    force = {row[0]: row[1] for row in rows(text, "# Incidents")}
    shown = {coded(row[0])[0]: row for row in rows(read("validation"), "## Incidents against")}
    assert {name: row[1] for name, row in shown.items()} == force
    for name, (_, policy, reached) in shown.items():
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        chances = section.split("**chance of each goal**")[1]
        said = " ".join(section.split()).split("were reached: ")
        goals = said[1].split(".*")[0].split(", ") if len(said) > 1 else []
        assert coded(reached) == [goal for goal in goals if goal and not goal.startswith("*")]
        for goal, chance in re.findall(r"`([^`]+)` ([\d.]+ %)", reached):
            assert cell(chances, policy, goal).startswith(chance + " ")


def cell(text: str, row: str, column: str) -> str:
    """The cell of the first table in `text` that has the column."""
    head: list[str] = []
    for line in text.splitlines():
        cells = [part.strip() for part in line.strip("|").split("|")]
        if cells[0] == "policy":
            head = cells
        elif cells[0] == row and column in head:
            return cells[head.index(column)]
    raise AssertionError(f"{row} and {column} are in no table")


def test_the_commands_of_the_page_on_validation_name_what_exists() -> None:
    page = read("validation")
    lines = [*(line for block in blocks(page, "sh") for line in block.splitlines()), *coded(prose(page))]
    ran = [shlex.split(line)[1:] for line in lines if line.startswith("python ")]
    assert len(ran) > 10
    for words in ran:
        files = [ROOT / word for word in words if word.startswith(("tests/", "scenarios/"))]
        assert files
        assert all(file.exists() for file in files), words
        if "-k" in words:
            wanted = words[words.index("-k") + 1]
            assert re.search(rf"def test\w*{wanted}", files[0].read_text("utf-8")), words
