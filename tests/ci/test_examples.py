"""What users copy from examples/ci is what its hosts accept, and what simkit does."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import check_jsonschema
import pytest
import yaml
from checks.test_formats import JUNIT
from checks.worlds import DESK, grown
from ci.agents import SETTINGS, widen
from ci.runner import ACTION, ROOT, lent
from ci.test_action import commit, git
from click.testing import CliRunner, Result

EXAMPLES = ROOT / "examples" / "ci"
WORKFLOWS = [EXAMPLES / "github-actions.yml", EXAMPLES / "github-actions-agents.yml"]
HOOKED = [EXAMPLES / "pre-commit-config.yaml", EXAMPLES / "pre-commit-config-agents.yaml"]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
COMMANDS = Path(sysconfig.get_path("scripts"))


def run(*words: str | Path, cwd: Path = ROOT, **extra: str) -> subprocess.CompletedProcess[str]:
    """A command that the tests installed; it takes simkit from this environment too."""
    paths = os.pathsep.join((str(COMMANDS), os.environ.get("PATH", "")))
    command = [str(COMMANDS / words[0]), *map(str, words[1:])]
    env = {**os.environ, "PATH": paths, **extra}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def loaded(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))


def against_schema(schema: str, *words: str) -> Result:
    """What check-jsonschema says, in this process: most of its time it takes to start."""
    return CliRunner().invoke(check_jsonschema.main, ["--builtin-schema", schema, *words])


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-actions", ROOT / "action.yml"),
        *(("vendor.github-workflows", file) for file in WORKFLOWS),
        ("vendor.gitlab-ci", EXAMPLES / "gitlab-ci.yml"),
    ],
    ids=["action", "workflow", "workflow-agents", "gitlab"],
)
def test_the_schema_of_its_host_accepts_it(schema: str, file: Path) -> None:
    more = ("--data-transform", "gitlab-ci") if "gitlab" in schema else ()
    done = against_schema(schema, *more, str(file))
    assert done.exit_code == 0, done.output


def test_the_schema_of_a_host_refuses_what_is_of_another() -> None:
    assert against_schema("vendor.github-workflows", str(EXAMPLES / "gitlab-ci.yml")).exit_code == 1


@pytest.mark.parametrize("file", [ROOT / "action.yml", *WORKFLOWS], ids=lambda file: file.stem)
def test_an_auditor_of_workflows_finds_nothing(file: Path) -> None:
    """No input reaches a script as text, every action is pinned to a commit, and no right is given that is not used."""
    done = run("zizmor", "--offline", "--no-progress", "--no-config", file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_the_workflow_gives_what_the_action_takes(file: Path) -> None:
    (given,) = [step["with"] for step in loaded(file)["jobs"]["check"]["steps"] if "/simkit@" in step.get("uses", "")]
    assert given.keys() <= ACTION["inputs"].keys()


def test_pre_commit_accepts_the_hooks_and_the_example() -> None:
    for words in (("validate-manifest", HOOKS), *(("validate-config", file) for file in HOOKED)):
        done = run("pre-commit", *words)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_names_hooks_that_there_are() -> None:
    assert [each["id"] for each in examples()] == [hook["id"] for hook in loaded(HOOKS)]


def examples() -> list[dict[str, Any]]:
    """The hooks of both examples."""
    return [hook for file in HOOKED for each in loaded(file)["repos"] for hook in each["hooks"]]


def gitlab_script() -> str:
    (script,) = loaded(EXAMPLES / "gitlab-ci.yml")["blast-radius"]["script"]
    return str(script)


@pytest.mark.parametrize(("text", "code"), [(DESK, 0), (grown(), 1), (DESK.replace("simkit: 1", "simkit: 9"), 2)])
@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_the_script_for_gitlab_says_it_with_its_exit_code_and_its_reports(desk: Path, text: str, code: int) -> None:
    (desk / "scenarios" / "desk.yaml").write_text(text, "utf-8")
    words = shlex.split(gitlab_script())
    done = run(words[0], *words[1:], cwd=desk)
    assert done.returncode == code, done.stderr
    artifacts = loaded(EXAMPLES / "gitlab-ci.yml")["blast-radius"]["artifacts"]
    reports = [desk / artifacts["reports"]["junit"], *(desk / path for path in artifacts["paths"])]
    assert [report.exists() for report in reports] == [code < 2] * len(reports)
    if code < 2:
        JUNIT.validate(reports[0])
        assert len(list(Xml.parse(reports[0]).getroot().iter("failure"))) == 3 * code


def hook(name: str) -> dict[str, Any]:
    (found,) = [each for each in loaded(HOOKS) if each["id"] == name]
    made: dict[str, Any] = found
    return made


def hooked(name: str, desk: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """What pre-commit runs for a hook of the example: its entry, the arguments of the example, then the files."""
    (chosen,) = [each for each in examples() if each["id"] == name]
    entry = shlex.split(hook(name)["entry"])
    return run(entry[0], *entry[1:], *chosen.get("args", []), *files, cwd=desk)


def test_the_hook_for_sound_files_names_the_line(desk: Path) -> None:
    file = "scenarios/desk.yaml"
    assert hooked("simkit-validate", desk, file).returncode == 0
    (desk / file).write_text(DESK.replace("kind: human", "kind: humann"), "utf-8")
    done = hooked("simkit-validate", desk, file)
    assert done.returncode == 2
    assert "scenarios/desk.yaml:6:" in done.stdout + done.stderr


def test_the_hook_for_growth_names_the_entitlement(desk: Path) -> None:
    file = "scenarios/desk.yaml"
    assert hooked("simkit-check", desk, file).returncode == 0
    (desk / file).write_text(grown(), "utf-8")
    done = hooked("simkit-check", desk, file)
    assert done.returncode == 1
    assert "entitlement crm.books of role desk added" in " ".join(done.stdout.split())


def test_hooks_take_the_scenarios_and_leave_other_files() -> None:
    for each in map(hook, ("simkit-validate", "simkit-check")):
        for name, taken in (
            ("scenarios/a.yaml", True),
            ("team/scenarios/deep/b.yml", True),
            ("my-scenarios/a.yaml", False),
            ("scenarios/notes.md", False),
            ("a.yaml", False),
        ):
            assert bool(re.search(each["files"], name)) == taken, (each["id"], name)


@pytest.mark.parametrize(
    ("name", "file", "taken"),
    [
        ("simkit-import", ".mcp.json", True),
        ("simkit-import", "tools/.claude/settings.json", True),
        ("simkit-import", ".codex/config.toml", True),
        ("simkit-import", ".github/workflows/triage.yml", True),
        ("simkit-import", "imported/agent.yaml", True),
        ("simkit-import", "src/main.py", False),
        ("simkit-check-imported", "imported/agent.yaml", True),
        ("simkit-check-imported", "scenario.yaml", True),
        ("simkit-check-imported", "scenarios/a.yaml", False),
    ],
)
def test_hooks_for_what_is_imported_take_its_sources(name: str, file: str, taken: bool) -> None:
    assert bool(re.search(hook(name)["files"], file)) is taken


def test_the_hooks_for_what_is_imported_name_the_line_of_the_settings(agents: Path) -> None:
    for name in ("simkit-import", "simkit-check-imported"):
        assert hooked(name, agents).returncode == 0
    widen(agents)
    stale = hooked("simkit-import", agents)
    assert stale.returncode == 1
    assert f"entitlement claude-code.Bash pytest ({SETTINGS}:3:12)" in " ".join(stale.stdout.split())
    assert hooked("simkit-check-imported", agents).returncode == 0, "it looks at what was imported"
    assert run("simkit", "import", ".", cwd=agents).returncode == 0
    red = hooked("simkit-check-imported", agents)
    assert red.returncode == 1
    assert f"{SETTINGS}:3" in red.stdout


def source_of_hooks(folder: Path) -> Path:
    """A repository in `folder` that is a copy of this one, as far as pre-commit installs it."""
    kept = ("simkit", "notebooks", "scenarios", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
    source = folder / "source"
    source.mkdir()
    for name in kept:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    git(source, "init", "--quiet")
    commit(source, "simkit as it is here")
    return source


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_pre_commit_runs_the_hooks_in_a_repository(desk: Path, tmp_path: Path) -> None:
    """In an environment that pre-commit makes itself, from a copy of this folder."""
    source = source_of_hooks(tmp_path)
    git(desk, "init", "--quiet")
    settings = '[tool.simkit.check]\nbaseline = "results/baseline.json"\n'
    (desk / "pyproject.toml").write_text(settings, "utf-8")
    commit(desk, "a project")
    words = ("pre-commit", "try-repo", source, "simkit-check", "--all-files", "--verbose", "--color=never")
    home = {"PRE_COMMIT_HOME": str(tmp_path / "cache"), **lent(tmp_path)}
    green = run(*words, cwd=desk, **home)
    assert green.returncode == 0, green.stdout + green.stderr
    assert green.stdout.count("Passed") == 1
    (desk / "scenarios" / "desk.yaml").write_text(grown(), "utf-8")
    git(desk, "add", "--all")
    red = run(*words, cwd=desk, **home)
    assert red.returncode == 1
    assert "entitlement crm.books of role desk added" in " ".join(red.stdout.split())


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_pre_commit_runs_the_hook_for_what_is_imported(agents: Path, tmp_path: Path) -> None:
    """The pull request that lets an agent run tests unasked is refused before it is committed, at its line."""
    source = source_of_hooks(tmp_path)
    git(agents, "init", "--quiet")
    commit(agents, "an agent that reads tickets")
    words = ("pre-commit", "try-repo", source, "simkit-import", "--all-files", "--verbose", "--color=never")
    home = {"PRE_COMMIT_HOME": str(tmp_path / "cache"), **lent(tmp_path)}
    green = run(*words, cwd=agents, **home)
    assert green.returncode == 0, green.stdout + green.stderr
    widen(agents)
    git(agents, "add", "--all")
    red = run(*words, cwd=agents, **home)
    assert red.returncode == 1
    assert f"entitlement claude-code.Bash pytest ({SETTINGS}:3:12)" in " ".join(red.stdout.split())


def test_pins_are_whole_commits() -> None:
    for file in (ROOT / "action.yml", *WORKFLOWS):
        for pinned in re.findall(r"uses: (\S+)", file.read_text("utf-8")):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", pinned), pinned
    (installs,) = loaded(EXAMPLES / "gitlab-ci.yml")["blast-radius"]["before_script"]
    assert re.search(r"/[0-9a-f]{40}\.tar\.gz$", installs), "a bare name is whatever an index has under it"
