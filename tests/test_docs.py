"""What the prose says is what the code does. (Examples in the prose run as doctests.)"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import simkit
from simkit.distributions import Distribution, Exponential, Fixed, Lognormal
from simkit.measures import MEASURES
from simkit.model import Response
from simkit.policies import DIALS, NAMED
from simkit.policies.sessions import sessions

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PROSE = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
HOME = "index.md"
DAY = 86400.0


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.S | re.M)


def rows(text: str, heading: str) -> Iterator[list[str]]:
    """The cells of the first table after `heading`, without its head."""
    table = re.split(r"^\| ?:?---", text.split(heading, 1)[1], maxsplit=1, flags=re.MULTILINE)[1]
    for line in table.splitlines()[1:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def coded(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_continuous_integration_runs_the_commands_of_the_readme() -> None:
    set_up, checks = (block.strip() for block in blocks(README, "sh"))
    script = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert checks == "./check"
    assert script.index(f"{set_up} || exit 1") < script.index(checks)


def test_continuous_integration_starts_real_servers_after_that() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    after = script[script.index("./check") + 1 :]
    assert [line.split(" ")[0] for line in after if line] == ["tests/servers/install.sh", ".venv/bin/python"]
    assert "-m servers tests/servers" in after[-1]


@pytest.mark.parametrize("script", ["check", ".ci/run", "tests/servers/install.sh"])
def test_scripts_can_be_executed(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert (ROOT / script).read_text("utf-8").startswith("#!/usr/bin/env bash\n")


def test_the_command_of_the_readme_asks_about_what_its_scenario_has() -> None:
    words = shlex.split(blocks(README, "sh")[0].split("&&")[-1])
    assert words[:2] == [".venv/bin/simkit", "compare"]
    scenario = simkit.load(ROOT / words[2])
    assert len(words) == 3, "what the README says runs as it stands"
    assert len(scenario.compare) == 6


def test_the_scenario_in_the_readme_loads_and_works() -> None:
    (text,) = blocks(README, "yaml")
    scenario = simkit.loads(text, "README.md")
    assert not sessions(scenario.model, simkit.policy("task-scoped")).broken
    leaked = simkit.simulate(scenario, "rbac", entry_point="leaked-token", trials=20)
    steered = simkit.simulate(scenario, "rbac", entry_point="poisoned-ticket", trials=400)
    assert leaked.chance("customers-leaked").estimate == 1.0
    assert 0.5 in steered.chance("customers-leaked"), "the bot's susceptibility"
    assert simkit.simulate(scenario, "task-scoped", entry_point="poisoned-ticket", trials=20).worst_case.goals == ()


def test_the_readme_lists_the_named_policies_in_order() -> None:
    assert [coded(row[0])[0] for row in rows(README, "## Grant policies")] == list(NAMED)


def test_the_page_on_policies_gives_every_dial_and_its_settings() -> None:
    page = (ROOT / "docs" / "grant-policies.md").read_text("utf-8")
    assert {coded(row[0])[0]: tuple(coded(row[1])) for row in rows(page, "# Grant policies")} == {
        name: dial.settings for name, dial in DIALS.items()
    }


COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@pytest.mark.parametrize("page", ["README.md", "docs/grant-policies.md"])
def test_the_number_of_dials_that_a_page_gives_is_that_of_the_table(page: str) -> None:
    said = re.findall(rf"\b({'|'.join(COUNTS)}) dials\b", (ROOT / page).read_text("utf-8"))
    assert said == [COUNTS[len(DIALS)]]


def test_the_page_on_the_format_lists_every_dial() -> None:
    page = (ROOT / "docs" / "scenario-format.md").read_text("utf-8")
    (listed,) = re.findall(r"# the dials: (.+)", page)
    assert listed.split(", ") == list(DIALS)


def test_the_page_on_the_format_lists_every_measure() -> None:
    page = (ROOT / "docs" / "scenario-format.md").read_text("utf-8")
    (listed,) = re.findall(r"#   or one of: (.+)", page)
    assert listed.split(", ") == list(MEASURES)


def test_the_page_on_policies_gives_the_dials_of_every_named_one() -> None:
    page = (ROOT / "docs" / "grant-policies.md").read_text("utf-8")
    shown = {coded(row[0])[0]: [coded(cell)[0] for cell in row[1:]] for row in rows(page, "## The named policies")}
    assert shown == {name: list(policy.dials().values()) for name, policy in NAMED.items()}


def written(value: float | Distribution) -> str:
    """A default as the page on numbers writes it."""
    match value:
        case Fixed(seconds):
            return f"{seconds:g} s"
        case Exponential(average):
            return f"exponential, mean {average / DAY:g} d"
        case Lognormal(median, sigma):
            return f"lognormal, median {median / 60:g} min, sigma {sigma:g}"
    return f"{value / DAY:g} d" if value >= DAY else f"{value:g}"  # type: ignore[operator]


def test_the_page_on_numbers_gives_every_default_of_the_response() -> None:
    page = (ROOT / "docs" / "numbers.md").read_text("utf-8")
    response = Response()
    shown = {coded(row[0])[0]: row[1] for row in rows(page, "## The response")}
    assert shown.pop("detection") == "none"
    assert shown.pop("actions") == "by the dial"
    assert shown.pop("responders") == shown.pop("forgets") == shown.pop("approvals") == "none"
    empty = {"detection", "actions", "responders", "forgets", "approvals"}
    assert not any(getattr(response, name) for name in empty)
    assert shown == {name: written(getattr(response, name)) for name in shown}
    assert shown.keys() == set(Response.__slots__) - empty


def test_the_readme_lists_every_command() -> None:
    from simkit.cli.commands import simkit as command

    listed = {cell.split()[1] for row in rows(README, "## On the command line") for cell in coded(row[0])}
    assert listed == set(command.commands) - {"completion"}


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_in_docs_is_linked_from_the_readme_or_the_home_page() -> None:
    linked = README + (ROOT / "docs" / HOME).read_text("utf-8").replace("](", "](docs/")
    pages = [page.name for page in (ROOT / "docs").glob("*.md") if page.name != HOME]
    assert [name for name in pages if f"docs/{name}" not in linked] == []
