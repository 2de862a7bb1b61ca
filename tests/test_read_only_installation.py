"""A hardened container: simkit installed by root from a wheel, used by somebody who can write nowhere but in one folder
of the data."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOBODY = 65534
"""The user and the group of that name on Linux."""
NOTE = "note: no folder can be written to keep compiled engines in"
SCENARIO, SEEN, LOG = "starter.yaml", "seen.yaml", "log.jsonl"
COMMANDS = {
    "ablate": (SCENARIO, "--trials", "64"),
    "check": (SCENARIO,),
    "compare": (SCENARIO, "--trials", "64"),
    "completion": ("bash",),
    "diff": (SCENARIO, SEEN, "--trials", "64"),
    "evidence": (SCENARIO, "--trials", "64"),
    "explain": (LOG, "--at", "1d", "--identity", "support-agent"),
    "generate": ("--steps", "200", "--out", "made.yaml"),
    "graph": (SCENARIO,),
    "impact": (SEEN, "--from", "rbac", "--to", "task-scoped"),
    "import": ("pod.yaml", "--out", "made"),
    "init": (),
    "narrow": (SCENARIO, "--trials", "64"),
    "notebook": (SCENARIO, "--write-only", "--out", "made.ipynb"),
    "paths": (SCENARIO, "--trials", "64"),
    "policies": (),
    "privilege": (SCENARIO,),
    "rank": (SCENARIO,),
    "reach": (SCENARIO, "--trials", "64"),
    "replay": (SCENARIO,),
    "report": (SCENARIO, "--trials", "64", "--out", "made.html"),
    "roles": (SCENARIO,),
    "run": (SCENARIO, "--trials", "64"),
    "sessions": (),
    "schema": (),
    "sensitivity": (SCENARIO, "--draws", "64"),
    "study": (SCENARIO, "--trials", "64"),
    "trend": (SCENARIO, "--trials", "64"),
    "validate": (SCENARIO,),
}
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec: {containers: []}\n"
RUNS = "observed:\n  - {task: answer-ticket, calls: [helpdesk.read_ticket, mail.reply]}\n"
PYTHONS = (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}")
"""The one of the tests may lie in the folder of root; that of the system runs the same packages."""
MAIN = "from simkit.cli import main; main()"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def as_nobody() -> Iterator[Run]:
    """Runs a command of the installed simkit as nobody, in a folder of theirs."""
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("only root can install for another user and become one")
    python = next(filter(_is_nobodys, PYTHONS), None)
    if python is None:
        pytest.skip(f"nobody may run none of {', '.join(PYTHONS)} with the packages of this one")
    with tempfile.TemporaryDirectory() as room:
        place, data = Path(room), Path(room) / "data"
        os.chmod(place, 0o755)
        build = [sys.executable, "-m", "pip", "-q", "install", "--no-deps", "--no-compile", "--target", room + "/site"]
        built = subprocess.run([*build, str(ROOT)], capture_output=True, text=True, timeout=300)
        if built.returncode:
            pytest.skip(f"the wheel could not be built here: {built.stderr.strip()[-200:]}")
        data.mkdir()
        shutil.copy(ROOT / "scenarios" / SCENARIO, data)
        (data / SEEN).write_text((data / SCENARIO).read_text("utf-8") + RUNS, "utf-8")
        (data / "pod.yaml").write_text(POD, "utf-8")
        _committed(data)
        for each in (data, *data.rglob("*")):
            os.chown(each, NOBODY, NOBODY)
        yield lambda *arguments: _run(python, place / "site", data, MAIN, *arguments)


def _committed(folder: Path) -> None:
    """Puts what is in `folder` into a repository, for what asks of its past."""
    somebody = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for words in (("init", "--quiet"), ("add", "."), (*somebody, "commit", "--quiet", "--message", "the data")):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def _is_nobodys(python: str) -> bool:
    """True if nobody may run `python`, and with it what is installed for this one."""
    try:
        return not _run(python, Path("/"), Path("/"), "import numba, pydantic").returncode
    except OSError:
        return False


def _run(python: str, installed: Path, folder: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = [str(installed), *site.getsitepackages()]
    return subprocess.run(
        [python, "-I", "-B", "-c", f"import sys; sys.path[:0] = {paths!r}; {code}", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "MPLCONFIGDIR": str(folder)},
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        timeout=600,
    )


def test_a_worst_case_is_worked_out_and_one_line_says_that_nothing_is_kept(as_nobody: Run) -> None:
    done = as_nobody("rank", SCENARIO)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(NOTE) == 1
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_quiet_says_nothing(as_nobody: Run) -> None:
    done = as_nobody("rank", SCENARIO, "--quiet")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs(as_nobody: Run, command: str) -> None:
    if command == "explain":
        assert as_nobody("replay", SCENARIO, "--out", LOG).returncode == 0
    done = as_nobody(command, *COMMANDS[command])
    assert done.returncode in (0, 1), done.stderr
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


def test_all_commands_are_tried() -> None:
    from simkit.cli.commands import simkit

    assert set(COMMANDS) == set(simkit.commands)
