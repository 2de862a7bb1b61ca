"""What pip installs: its name in every hint, and what is in the archives."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

from simkit.package import NAME, VERSION, pip_install

ROOT = Path(__file__).parents[1]
TOLD = ("simkit", "docs", "examples", "findings", "notebooks", "scenarios", "tests", ".ci")
"""Folders whose files may tell somebody what to install; the pages beside them do too."""
KINDS = {".md", ".py", ".sh", ".yml", ".yaml", ".ipynb", ".toml", ".txt", ""}
INSTALLS = re.compile(r"\b(?:pip3?|pipx|uv|uv pip|uv tool) (?:install|add|inject|download|wheel)\b([^`;&|#\n]*)")
FETCHES = re.compile(r"--(?:from|spec)[ =](\S+)|\b(?:uvx|pipx run)((?: +--?\w\S*)* +\w\S*)")
NAMES = re.compile(r"^([\w-]*simkit[\w-]*)(?:\[.*|[=<>~!@].*|)$")
"""A distribution that is called somehow like this one, alone, with extras or with a version; no path and no address."""
EXTRAS = re.compile(r"([\w-]*simkit[\w-]*)\[[a-z]+\]")


def mistaken(text: str) -> list[str]:
    """What `text` tells to install under another name than this distribution has."""
    words = [word for match in INSTALLS.finditer(text) for word in match[1].split()]
    for source, run in FETCHES.findall(text):
        words.append(source or run.split()[-1])
    bare = [match[1] for word in words if (match := NAMES.match(word.strip("'\"`,.()")))]
    return [name for name in bare + EXTRAS.findall(text) if name != NAME]


def told() -> Iterator[Path]:
    """Every file that may tell somebody what to install."""
    yield from (path for path in ROOT.iterdir() if path.suffix in KINDS and path.is_file())
    for folder in TOLD:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in KINDS and path.is_file() and path != Path(__file__) and "__pycache__" not in path.parts:
                yield path


@pytest.mark.parametrize(
    "wrong",
    [
        "pip install simkit",
        "`pip install 'simkit[dask]'`",
        "python -m pip install --quiet simkit==0.1.0",
        "uv add simkit",
        "uvx simkit init",
        "uvx --from simkit simkit init",
        "pipx run --spec=simkit simkit init",
        "with simkit[gpu] it",
        "pip install simkit-iam",
    ],
)
def test_a_hint_with_another_name_is_seen(wrong: str) -> None:
    assert mistaken(wrong)


@pytest.mark.parametrize(
    "right",
    [
        pip_install("dask"),
        f"uvx --from {NAME} simkit init",
        f"pipx run {NAME} init",
        "pipx run --spec FOLDER simkit init",
        "pip install -e '.[dev]' && simkit compare x.yaml",
        "the extra of simkit [3]",
    ],
)
def test_a_hint_with_the_name_of_this_one_is_fine(right: str) -> None:
    assert not mistaken(right)


def test_no_hint_has_another_name() -> None:
    wrong = {str(path.relative_to(ROOT)): mistaken(path.read_text("utf-8")) for path in told()}
    assert not {path: names for path, names in wrong.items() if names}


def test_pyproject_has_the_name_and_reads_the_version() -> None:
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert whole["project"]["name"] == NAME
    assert whole["project"]["dynamic"] == ["version"]
    assert whole["tool"]["hatch"]["version"] == {"path": "simkit/package.py"}
    assert list(whole["project"]["scripts"]) == ["simkit"]
    assert whole["project"]["entry-points"]["pipx.run"] == {NAME: whole["project"]["scripts"]["simkit"]}


def test_every_extra_in_a_hint_is_one_of_pyproject() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    hinted = {
        extra
        for path in told()
        for text in [path.read_text("utf-8")]
        for extra in re.findall(rf"{NAME}\[(\w+)\]|pip_install\([\"'](\w+)[\"']\)", text)
    }
    named = {one or other for one, other in hinted}
    assert named
    assert named <= extras.keys()


# ---- the archives


def built(source: Path, out: Path, target: str) -> Path:
    """The archive of `target` that the build backend makes of the folder `source`."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    lent = {**os.environ, "SOURCE_DATE_EPOCH": "1577836800"}
    done = subprocess.run(command, cwd=source, env=lent, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (archive,) = out.iterdir()
    return archive


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this folder."""
    pytest.importorskip("hatchling", reason="hatchling is not installed: pip install -e '.[dev]'")
    return built(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


def held(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel with what they hold."""
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_a_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    from simkit.notebook.first import SHIPPED

    folder = f"{NAME.replace('-', '_')}-{VERSION}.dist-info/"
    inside = {name for name in held(wheel) if not name.startswith(folder)}
    package = {
        str(path.relative_to(ROOT).as_posix())
        for path in (ROOT / "simkit").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == package | {f"simkit/notebook/{name}" for name in SHIPPED}
    assert "simkit/py.typed" in inside
    assert wheel.name == f"{NAME.replace('-', '_')}-{VERSION}-py3-none-any.whl"


def test_a_wheel_says_its_name_and_what_it_needs(wheel: Path) -> None:
    folder = f"{NAME.replace('-', '_')}-{VERSION}.dist-info/"
    said = Parser().parsestr(held(wheel)[folder + "METADATA"].decode("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (said["Name"], said["Version"]) == (NAME, VERSION)
    assert set(said.get_all("Provides-Extra", [])) == set(project["optional-dependencies"])
    plain = [line for line in said.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert len(plain) == len(project["dependencies"])
    assert "LICENSE" in {name.rpartition("/")[2] for name in held(wheel) if name.startswith(folder)}


def test_the_source_archive_gives_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    source = built(ROOT, tmp_path / "sdist", "sdist")
    with tarfile.open(source) as opened:
        opened.extractall(tmp_path / "source", filter="data")
    (folder,) = (tmp_path / "source").iterdir()
    assert held(built(folder, tmp_path / "again", "wheel")) == held(wheel)
