"""What the tests of several hosts share, made once: both commands give the same bytes whenever they are run."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from checks.worlds import DESK
from ci.agents import made
from click.testing import CliRunner

from simkit.cli.commands import simkit


@pytest.fixture(scope="session")
def agents_as_imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "agents"
    folder.mkdir()
    with contextlib.chdir(folder):
        return made(folder)


@pytest.fixture
def agents(agents_as_imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with an agent, imported and with a baseline; it is the working folder."""
    folder = shutil.copytree(agents_as_imported, tmp_path / "agents")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def desk_with_baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "desk"
    for inside in ("scenarios", "results"):
        (folder / inside).mkdir(parents=True)
    (folder / "scenarios" / "desk.yaml").write_text(DESK, "utf-8")
    words = ["check", "scenarios", "--baseline", "results/baseline.json", "--update", "--trials", "200"]
    with contextlib.chdir(folder):
        done = CliRunner().invoke(simkit, words)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def desk(desk_with_baseline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a scenario and its baseline, as the examples name them; it is the working folder."""
    folder = shutil.copytree(desk_with_baseline, tmp_path / "desk")
    monkeypatch.chdir(folder)
    return folder
