"""`simkit init` goes from the files of a repository to a first answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
from shop_repository import LISTS, OPERATOR, SERVERS, shop

from simkit.scenario import load

Cli = Callable[..., click.testing.Result]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository as they look: agents, six servers, three workflows and manifests with a broad operator."""
    return shop(tmp_path)


def test_a_repository_gets_its_first_answer_from_one_command(cli: Cli, repository: Path) -> None:
    told = cli("init", str(repository))
    assert told.exit_code == 0, told.output
    for word in (
        "agent: 4 files",
        "github-actions: 3 files",
        "kubernetes: 1 file",
        "worst to lose",
        "task-scoped",
        "What each secret opens",
    ):
        assert word in told.stdout
    assert "susceptibility" in told.stdout, "what was assumed is said"
    assert "the id-token" not in told.stdout, "the role that accepts it is named"
    assert "canary" not in told.output, "no secret is told"
    scenario = load(repository / "scenario.yaml")
    assert scenario.name == "shop"
    assert {"claude-code", "codex", "agent in triage/triage", "pod:ops/deployment/operator"} <= set(
        scenario.model.identities
    )
    tools = {name: len(tool.operations) for name, tool in scenario.model.tools.items() if name.startswith("mcp:")}
    # the settings allow the server git, so that the agent of the workflow uses it, too
    assert set(tools) == {*(f"mcp:{name}" for name in SERVERS), "mcp:git in triage/triage"}
    assert all(tools[f"mcp:{name}"] >= len(LISTS[name]) for name in SERVERS)


def test_two_commands_say_what_a_poisoned_issue_gets_and_what_each_token_opens(cli: Cli, repository: Path) -> None:
    """A stranger's issue steers the agent of the workflow, whose token writes the code that all jobs run."""
    ranked = cli("init", str(repository)).stdout
    for secret in ("secrets.API_KEY", "SLACK_BOT_TOKEN", "NOTION_TOKEN", "token of sa:ops/operator"):
        assert secret in ranked, "each token is ranked"
    lines = " ".join(ranked.split())
    assert "poisoned issue 3 of 13 code changed (" in lines
    assert "GITHUB_TOKEN of triage/triage 32." in lines
    scenario = str(repository / "scenario.yaml")
    told = cli("paths", scenario, "--entry-point", "poisoned issue", "--goal", "code changed", "--trials", "100")
    assert told.exit_code == 0, told.output
    said = " ".join(told.stdout.split())
    assert "agent in triage/triage" in said
    assert "code changed is reached" in said


def test_what_was_assumed_is_told_once_and_what_decides_most_stands_first(cli: Cli, repository: Path) -> None:
    told = cli("init", str(repository)).stdout
    rows = [line.split()[0] for line in told[told.index("Assumed, most important first") :].splitlines()[3:]]
    kinds = [word for word in rows if word in ("reach", "chance", "time")]
    assert kinds == sorted(kinds, key=("reach", "chance", "time").index)
    assert kinds.count("chance") == 1, "every agent is taken to fall for an injection as often"


def test_what_was_imported_before_is_in_the_scenario(cli: Cli, repository: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text(OPERATOR, "utf-8")
    (repository / "deploy" / "operator.yaml").unlink()
    assert cli("import", str(elsewhere), "-o", str(repository / "imported")).exit_code == 0
    told = cli("init", str(repository))
    assert told.exit_code == 0, told.output
    assert "Imported before: kubernetes.yaml." in told.stdout
    assert "pod:ops/deployment/operator" in load(repository / "scenario.yaml").model.identities


def test_what_is_the_users_own_stays_as_it_is(cli: Cli, repository: Path) -> None:
    assert cli("init", str(repository), "--quiet").exit_code == 0
    own = repository / "scenario.yaml"
    own.write_text(own.read_text("utf-8") + "horizon: 7d\n", "utf-8")
    assert cli("init", str(repository), "--quiet").exit_code == 0
    assert load(own).horizon == 7 * 86400.0


def test_where_nothing_can_be_imported_it_says_what_could_be(cli: Cli, tmp_path: Path) -> None:
    told = cli("init", str(tmp_path))
    assert told.exit_code == 2
    assert "agent (settings of agents" in told.stderr
    assert not (tmp_path / "scenario.yaml").exists()


def test_help_teaches(cli: Cli) -> None:
    text = cli("init", "--help").stdout
    assert "stays as it is" in " ".join(text.split())
    assert "simkit init path/to/repository" in text
