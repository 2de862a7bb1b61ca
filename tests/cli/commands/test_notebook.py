"""`simkit notebook` writes a new file, starts JupyterLab on it, and says plainly what is missing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from simkit.cli.commands import notebook

pytest.importorskip("jupytext")

Cli = Callable[..., click.testing.Result]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_notebook_about_the_scenario_is_written_and_no_file_is_lost(cli: Cli, world: str, tmp_path: Path) -> None:
    for name in ("world.ipynb", "world-2.ipynb"):
        answer = cli("notebook", world, "--write-only")
        assert answer.exit_code == 0
        assert answer.stderr == f"wrote {name}\n"
        text = (tmp_path / name).read_text("utf-8")
        assert "'world.yaml'" in text
        assert "'leaked-key'" in text
        assert json.loads(text)["nbformat"] == 4


def test_out_names_the_file_which_must_be_a_new_one(cli: Cli, world: str, tmp_path: Path) -> None:
    assert cli("notebook", world, "--write-only", "--out", "ours.ipynb").exit_code == 0
    before = (tmp_path / "ours.ipynb").read_bytes()
    again = cli("notebook", world, "--write-only", "--out", "ours.ipynb")
    assert again.exit_code == 2
    assert "--out ours.ipynb exists already: name another file" in again.stderr
    assert (tmp_path / "ours.ipynb").read_bytes() == before
    assert "there is no folder" in cli("notebook", world, "--write-only", "--out", "no/x.ipynb").stderr


def test_without_a_scenario_it_is_about_the_starter(cli: Cli, tmp_path: Path) -> None:
    assert cli("notebook", "--write-only").exit_code == 0
    assert {file.name for file in tmp_path.iterdir()} >= {"starter.yaml", "starter.ipynb"}
    assert cli("validate", "starter.yaml").exit_code == 0
    (tmp_path / "starter.yaml").write_text("simkit: 1\n")
    assert cli("notebook", "--write-only").exit_code == 2  # what is there is the user's, and it is broken
    assert (tmp_path / "starter.yaml").read_text() == "simkit: 1\n"


def test_bad_input_ends_with_2_and_writes_nothing(cli: Cli, broken: str, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    assert cli("notebook", broken, "--write-only").exit_code == 2
    assert cli("notebook", "missing.yaml", "--write-only").exit_code == 2
    answer = cli("notebook", "-", "--write-only", stdin="simkit: 1")
    assert answer.exit_code == 2
    assert "name a file, not standard input" in answer.stderr
    assert set(tmp_path.iterdir()) == before


def test_a_missing_jupyterlab_is_named_before_anything_is_written(
    cli: Cli, world: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook, "find_spec", lambda name: None)
    before = set(tmp_path.iterdir())
    answer = cli("notebook", world)
    assert answer.exit_code == 2
    assert answer.stderr == "error: JupyterLab is not installed: `pip install 'blast-radius-simkit[notebooks]'`\n"
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("code", [0, 7])
def test_jupyterlab_is_started_on_the_notebook(
    cli: Cli, world: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    started = tmp_path / "started.py"
    words = tmp_path / "words.json"
    started.write_text(
        f"#!{sys.executable}\nimport json, sys\njson.dump(sys.argv[1:], open({str(words)!r}, 'w'))\nsys.exit({code})\n"
    )
    started.chmod(0o755)
    monkeypatch.setattr(notebook, "find_spec", lambda name: name)
    monkeypatch.setattr(notebook.sys, "executable", str(started))
    monkeypatch.setattr(notebook.os, "geteuid", lambda: 1000)
    answer = cli("notebook", world, "--no-browser")
    assert json.loads(words.read_text()) == ["-m", "jupyterlab", "world.ipynb", "--no-browser"]
    assert answer.exit_code == (2 if code else 0)
    assert ("JupyterLab ended with 7" in answer.stderr) is bool(code)
    assert (tmp_path / "world.ipynb").exists() is not bool(code)  # nothing is left of what did not start
    monkeypatch.setattr(notebook.os, "geteuid", lambda: 0)
    cli("notebook", "--no-browser", "--out", "root.ipynb")
    assert json.loads(words.read_text())[-1] == "--allow-root"  # JupyterLab refuses root, whom a container often has
    assert {(tmp_path / name).exists() for name in ("root.ipynb", "starter.yaml")} == {not code}


def test_a_notebook_of_what_if_loads_the_scenario_so(cli: Cli, world: str, tmp_path: Path) -> None:
    assert cli("notebook", world, "--write-only", "--set", "response.miss_rate=0.3").exit_code == 0
    assert "CHANGES = {'response.miss_rate': '0.3'}" in (tmp_path / "world.ipynb").read_text("utf-8")
