"""The GitHub Action, run for real: a repository goes red when one entitlement is added, and says which."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from checks.test_formats import JUNIT, SARIF
from checks.worlds import DESK, LINE, grown
from ci.agents import SETTINGS, widen
from ci.runner import ACTION, ROOT, act, lent

WORKFLOW = ROOT / "examples" / "ci" / "github-actions.yml"
pytestmark = pytest.mark.skipif(not all(map(shutil.which, ("bash", "git"))), reason="needs bash and git")


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=tester", "-c", "user.email=tester@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, why: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", why)


@pytest.fixture
def repository(desk: Path) -> Path:
    """A repository with a scenario, its baseline, and the workflow that users are told to copy."""
    (desk / ".github" / "workflows").mkdir(parents=True)
    shutil.copy(WORKFLOW, desk / ".github" / "workflows" / "blast-radius.yml")
    git(desk, "init", "--quiet")
    commit(desk, "a help desk, and its blast radius")
    return desk


def steps(folder: Path) -> list[dict[str, Any]]:
    found = yaml.safe_load((folder / ".github" / "workflows" / "blast-radius.yml").read_text("utf-8"))
    made: list[dict[str, Any]] = found["jobs"]["check"]["steps"]
    return made


def inputs(folder: Path) -> dict[str, str]:
    """What the workflow of the repository gives to the action."""
    (step,) = [step for step in steps(folder) if "/simkit@" in step.get("uses", "")]
    given: dict[str, str] = step["with"]
    return given


def checked_out(repository: Path, to: Path) -> Path:
    git(repository, "clone", "--quiet", ".", str(to))
    return to


def test_a_repository_goes_red_when_one_entitlement_is_added_and_says_which(repository: Path, tmp_path: Path) -> None:
    before = checked_out(repository, tmp_path / "before")
    green = act(inputs(before), before, tmp_path)
    assert green.code == 0, green.log
    assert "blast radius check passed" in green.summary

    git(repository, "switch", "--quiet", "--create", "more")
    (repository / "scenarios" / "desk.yaml").write_text(grown(), "utf-8")
    commit(repository, "the desk may read the books")
    after = checked_out(repository, tmp_path / "after")
    red = act(inputs(after), after, tmp_path)
    assert red.code == 1, red.log
    for told in (red.log, red.summary):
        assert "entitlement crm.books of role desk added" in " ".join(told.split())
    assert "blast radius check failed" in red.summary
    assert red.summary == (after / "simkit.md").read_text("utf-8")


def test_its_reports_are_what_the_next_steps_read(repository: Path, tmp_path: Path) -> None:
    (repository / "scenarios" / "desk.yaml").write_text(grown(), "utf-8")
    done = act(inputs(repository), repository, tmp_path)
    assert done.outputs == {"sarif": "simkit.sarif", "junit": "simkit-junit.xml", "comment": "simkit.md"}
    log = json.loads((repository / done.outputs["sarif"]).read_text("utf-8"))
    SARIF.validate(log)
    JUNIT.validate(repository / done.outputs["junit"])
    for result in log["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert (repository / place["artifactLocation"]["uri"]).exists(), "as seen from the root of the repository"
        assert place["region"]["startLine"] == LINE
    upload, comment = steps(repository)[-2:]
    assert upload["with"]["sarif_file"] == done.outputs["sarif"]
    assert f"--body-file {done.outputs['comment']} " in comment["run"]
    for step in (upload, comment):
        assert "!cancelled()" in step["if"], "a red check is what they are for"


def test_reports_go_where_they_are_told(repository: Path, tmp_path: Path) -> None:
    named = {"sarif": "results/a.json", "junit": "results/b", "comment": "results/c d.md"}
    done = act({**inputs(repository), **named}, repository, tmp_path)
    assert (done.code, done.outputs) == (0, named), done.log
    SARIF.validate(json.loads((repository / named["sarif"]).read_text("utf-8")))
    JUNIT.validate(repository / named["junit"])
    assert (repository / named["comment"]).read_text("utf-8") == done.summary


def test_it_reports_without_failing_where_it_is_told_to(repository: Path, tmp_path: Path) -> None:
    (repository / "scenarios" / "desk.yaml").write_text(grown(), "utf-8")
    done = act({**inputs(repository), "exit-zero": "true"}, repository, tmp_path)
    assert done.code == 0
    assert "blast radius check failed" in done.summary


@pytest.mark.parametrize("between", [" ", "\n\n  "])
def test_every_path_counts_however_they_are_parted(repository: Path, tmp_path: Path, between: str) -> None:
    (repository / "other.yaml").write_text(DESK.replace("at_most: 5%", "at_least: 5%"), "utf-8")
    done = act({"paths": between.join(("scenarios", "other.yaml")) + "\n"}, repository, tmp_path)
    assert done.code == 1
    assert "2 scenarios" in done.log


def test_what_is_not_given_the_project_says(repository: Path, tmp_path: Path) -> None:
    settings = '[tool.simkit.check]\npaths = ["scenarios"]\nbaseline = "results/baseline.json"\n'
    (repository / "pyproject.toml").write_text(settings, "utf-8")
    (repository / "scenarios" / "desk.yaml").write_text(grown(), "utf-8")
    done = act({}, repository, tmp_path)
    assert done.code == 1
    assert "since results/baseline.json" in done.log


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"paths": "nowhere"}, "no file is called 'nowhere'"),
        ({"paths": ""}, "no PATH is given"),
        ({"paths": "scenarios", "baseline": "gone.json"}, "there is no baseline 'gone.json'"),
        ({"paths": "--exit-zero"}, "no file is called '--exit-zero'"),
        ({"paths": "scenarios;false $(touch pwned) `touch pwned`"}, "no file is called 'scenarios;false'"),
    ],
)
def test_bad_input_is_never_green_and_no_old_report_is_shown(
    repository: Path, tmp_path: Path, given: dict[str, str], says: str
) -> None:
    (repository / "simkit.md").write_text("an older report", "utf-8")
    done = act({**given, "exit-zero": "true"}, repository, tmp_path)
    assert (done.code, done.summary) == (2, "")
    assert says in done.log
    assert not (repository / "pwned").exists()


def test_a_module_of_the_repository_does_not_stand_in_for_simkit(repository: Path, tmp_path: Path) -> None:
    """A pull request could pass the gate with a file of the right name."""
    (repository / "scenarios" / "desk.yaml").write_text(grown(), "utf-8")
    for name in ("simkit.py", "click.py", "yaml.py"):
        (repository / name).write_text("raise SystemExit(0)\n", "utf-8")
    assert act(inputs(repository), repository, tmp_path).code == 1


def test_inputs_come_to_the_scripts_as_variables_only() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.slow
def test_it_installs_itself_from_its_own_folder(repository: Path, tmp_path: Path) -> None:
    done = act(inputs(repository), repository, tmp_path, install=True, **lent(tmp_path))
    assert done.code == 0, done.log
    installed = tmp_path / "simkit" / ("Scripts" if os.name == "nt" else "bin") / "simkit"
    assert installed.exists()
    assert "blast radius check passed" in done.summary


OF_AGENTS = WORKFLOW.parent / "github-actions-agents.yml"
(AGENTS,) = (
    step["with"]
    for step in yaml.safe_load(OF_AGENTS.read_text("utf-8"))["jobs"]["check"]["steps"]
    if "/simkit@" in step.get("uses", "")
)
"""What the workflow for agents gives to the action."""


def test_a_rule_more_in_the_settings_of_an_agent_turns_it_red_and_names_the_line(agents: Path, tmp_path: Path) -> None:
    green = act(AGENTS, agents, tmp_path)
    assert green.code == 0, green.log
    before = (agents / "imported" / "agent.yaml").read_text("utf-8")
    widen(agents)
    red = act(AGENTS, agents, tmp_path)
    assert red.code == 1, red.log
    for told in (red.log, red.summary):
        plain = " ".join(told.split())
        assert "imported/agent.yaml is not what the files say" in plain
        assert f"entitlement claude-code.Bash pytest ({SETTINGS}:3:12)" in plain, "what import says"
        assert f"{SETTINGS}:3" in plain.replace("\\", ""), "what the check says"
    assert (agents / "imported" / "agent.yaml").read_text("utf-8") != before, "what is judged is what the files say"
    log = json.loads((agents / "simkit.sarif").read_text("utf-8"))
    SARIF.validate(log)
    places = {
        (place["artifactLocation"]["uri"], place["region"]["startLine"])
        for result in log["runs"][0]["results"]
        for place in [result["locations"][0]["physicalLocation"]]
    }
    assert (SETTINGS, 3) in places


def test_what_was_not_imported_again_is_red_by_itself(agents: Path, tmp_path: Path) -> None:
    """A name that changes gives nobody more."""
    servers = agents / ".mcp.json"
    servers.write_text(servers.read_text("utf-8").replace("acme-tracker", "acme-tracker@1.0.0"), "utf-8")
    done = act(AGENTS, agents, tmp_path)
    assert done.code == 1, done.log
    assert "passed: 1 scenario, nothing grew" in done.log
    assert act({**AGENTS, "exit-zero": "true"}, agents, tmp_path).code == 0


def test_files_that_cannot_be_imported_end_with_2(agents: Path, tmp_path: Path) -> None:
    assert act({**AGENTS, "import": "nowhere.json"}, agents, tmp_path).code == 2
