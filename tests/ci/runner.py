"""Runs the composite action of this repository as the runner of GitHub does: its `run` steps, with bash, in order."""

from __future__ import annotations

import os
import re
import site
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""What `shell: bash` means (https://docs.github.com/actions/reference/workflow-syntax-for-github-actions)."""


def lent(folder: Path) -> dict[str, str]:
    """Variables under which any Python finds what the environment of these tests has, after its own packages.

    What is installed for real then asks the package index for its build tool alone.
    """
    code = f"import site\nfor place in {site.getsitepackages()!r}:\n    site.addsitedir(place)\n"
    (folder / "sitecustomize.py").write_text(code, "utf-8")
    return {"PYTHONPATH": str(folder)}


@dataclass(slots=True)
class Run:
    """What a run of the action left behind."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


def act(given: Mapping[str, Any], workspace: Path, temp: Path, *, install: bool = False, **extra: str) -> Run:
    """Run the action with the inputs `given` in `workspace`. Stops at the first step that fails.

    Without `install` the step that installs simkit is taken as done: the commands are those of these tests.
    """
    inputs = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()} | dict(given)
    context = {f"inputs.{name}": value for name, value in inputs.items()} | {"github.action_path": str(ROOT)}
    context["steps.install.outputs.commands"] = sysconfig.get_path("scripts")
    done = Run()
    for step in ACTION["runs"]["steps"]:
        if "run" not in step or (step.get("id") == "install" and not install):
            continue
        _step(step, context, workspace, temp, done, extra)
        if done.code:
            break
    done.outputs = {name: _filled(one["value"], context) for name, one in ACTION["outputs"].items()}
    return done


def _step(
    step: Mapping[str, Any], context: dict[str, str], workspace: Path, temp: Path, done: Run, extra: Mapping[str, str]
) -> None:
    files = {name: temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("", "utf-8")
    script = temp / "step.sh"
    script.write_text(step["run"], "utf-8")
    own = {name: _filled(value, context) for name, value in step.get("env", {}).items()}
    clean = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "PYTHONPATH")}
    runner = {"CI": "true", "RUNNER_TEMP": str(temp), **{name: str(file) for name, file in files.items()}}
    ended = subprocess.run(
        [*BASH, str(script)], cwd=workspace, env={**clean, **runner, **own, **extra}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    done.code = ended.returncode
    done.log += ended.stdout + ended.stderr
    done.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
    for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines():
        name, _, value = line.partition("=")
        context[f"steps.{step['id']}.outputs.{name}"] = value


def _filled(text: str, context: Mapping[str, str]) -> str:
    """`text` with each `${{ name }}` in it, as GitHub fills it in."""
    return _EXPRESSION.sub(lambda found: context[found[1]], str(text))
