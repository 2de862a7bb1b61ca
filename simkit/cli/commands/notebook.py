"""`simkit notebook`: JupyterLab on a copy of the first notebook, about the user's scenario."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import click

from simkit.cli.endings import format_of
from simkit.cli.options import FILES, listening_options, load, set_option
from simkit.cli.output import check_out
from simkit.cli.terminal import Terminal
from simkit.errors import InputError
from simkit.package import pip_install

STARTER = "starter.yaml"


@click.command(short_help="Open JupyterLab on a notebook about the scenario.")
@click.argument("scenario", type=FILES, required=False)
@click.option("--out", "-o", metavar="FILE", help="Where the notebook goes. Default: a new file in this folder.")
@click.option("--no-browser", is_flag=True, help="Start JupyterLab, and open no browser.")
@click.option("--write-only", is_flag=True, help="Write the notebook, and start nothing.")
@set_option
@listening_options
@click.pass_obj
def notebook(terminal: Terminal, scenario: str | None, out: str | None, no_browser: bool, write_only: bool) -> None:
    """Open JupyterLab on a copy of the first notebook with SCENARIO filled in: its graph, one attack, a comparison.

    No file is overwritten. Without SCENARIO the notebook is about the starter scenario, which is written beside it.
    Needs `pip install 'blast-radius-simkit[notebooks]'`.

    \b
    Examples:
      simkit notebook scenario.yaml
      simkit notebook scenario.yaml --write-only --out first-look.ipynb
    """
    if not write_only and find_spec("jupyterlab") is None:
        raise InputError(f"JupyterLab is not installed: `{pip_install('notebooks')}`")
    if scenario == "-":
        raise InputError("a notebook loads its scenario again: name a file, not standard input")
    written = _written(scenario, out, terminal.changes)
    terminal.note(f"wrote {written[0]}")
    if not write_only:
        _open(written, no_browser)


def _written(scenario: str | None, out: str | None, changes: Mapping[str, str]) -> tuple[Path, ...]:
    """The notebook, in a file that was not there before, and the starter scenario if that was not there either."""
    from simkit.files import write
    from simkit.notebook.first import first_notebook

    folder = Path(out).parent if out else Path()
    if out:
        check_out(out)
        format_of(out, ("notebook",))
    if out and Path(out).exists():
        raise InputError(f"--out {out} exists already: name another file, or remove it")
    had = (folder / STARTER).exists()
    source = Path(scenario) if scenario else _starter(folder)
    loaded = load(str(source))
    file = Path(out) if out else _free(folder, source.stem)
    write(file, first_notebook(loaded, source, file, changes=changes))
    return (file,) if scenario or had else (file, source)


def _starter(folder: Path) -> Path:
    """The starter scenario, written to `folder` unless it is there already."""
    from simkit.files import write
    from simkit.notebook.first import shipped

    file = folder / STARTER
    if not file.exists():
        write(file, shipped(STARTER))
    return file


def _free(folder: Path, stem: str) -> Path:
    """The first name for a notebook about `stem` that no file has."""
    names = (f"{stem}.ipynb" if number == 1 else f"{stem}-{number}.ipynb" for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def _open(written: Sequence[Path], no_browser: bool) -> None:
    """JupyterLab on the first file of `written`, until it ends. Raises InputError where it ends with an error; what was
    written goes then, unless somebody has changed it since."""
    command = [sys.executable, "-m", "jupyterlab", str(written[0]), *(["--no-browser"] if no_browser else [])]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there is often nobody else, and JupyterLab refuses root
    as_written = {each: each.read_bytes() for each in written}
    with subprocess.Popen(command) as lab:
        # Ctrl+C is for JupyterLab, which asks before it stops
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            code = lab.wait()
        finally:
            signal.signal(signal.SIGINT, before)
    if code:
        for each, content in as_written.items():
            if each.exists() and each.read_bytes() == content:
                each.unlink()
        raise InputError(f"JupyterLab ended with {code}: what it says above tells why")
