"""The command as a process: it starts fast, reads and writes pipes, and knows a terminal when it sees one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from cli.conftest import Cli

ROOT = Path(__file__).parents[2]
FEW = ("--trials", "40")
HEAVY = {"numpy", "networkx", "pydantic", "numba", "matplotlib", "yaml", "rich", "scipy"}


def environment(**extra: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "TERM")}
    return {**clean, "PYTHONPATH": str(ROOT), "TERM": "xterm", **extra}


def simkit(*words: str, stdin: str | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simkit", *words]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, env=environment(**extra), timeout=120, check=False
    )


def test_the_version_and_the_help_import_nothing_heavy() -> None:
    for words in ("--version", "--help", "run --help"):
        code = (
            "import sys; from simkit.cli import main\n"
            f"try: main({words.split()!r})\n"
            f"finally: print('heavy:', sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
        )
        assert done.stderr == "heavy: []\n"
        assert done.stdout


def test_the_version_is_that_of_the_package() -> None:
    from simkit import __version__

    done = simkit("--version")
    assert (done.returncode, done.stdout) == (0, f"simkit {__version__}\n")


def test_a_pipe_in_and_a_pipe_out(world: str) -> None:
    done = simkit("run", "-", *FEW, "--format", "json", stdin=Path(world).read_text("utf-8"))
    assert (done.returncode, done.stderr.startswith("note: ")) == (0, True)
    assert done.stdout.startswith("{")


def test_a_gate_in_ci(world: str, cli: Cli) -> None:
    """The code of the process is that of the command, which is tried in this one, too."""
    words = ("run", world, *FEW, "--quiet", "--fail-if", "cases-leaked > 5%")
    assert simkit(*words).returncode == cli(*words).exit_code == 1
    assert cli(*words, "--policy", "task-scoped").exit_code == 0
    assert cli(*words, "--policy", "task-scopd").exit_code == 2


def test_a_reader_who_leaves_is_no_error() -> None:
    command = [sys.executable, "-m", "simkit", "schema"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_said_in_one_sentence(world: str) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "simkit", "policies", world]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment(), text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "error: standard output cannot be written (No space left on device): use --out\n"


def test_a_name_that_the_encoding_lacks_is_escaped(world: str) -> None:
    text = Path(world).read_text("utf-8").replace("cases", "дела")
    Path(world).write_text(text, "utf-8")
    done = simkit("run", world, *FEW, PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert "\\u0434\\u0435\\u043b\\u0430" in done.stdout


def in_terminal(words: Sequence[str], **extra: str) -> str:
    """What a user sees in a terminal of 80 columns."""
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "simkit", *words]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment(**extra)) as process:
        os.close(slave)
        seen = b""
        try:
            while chunk := os.read(master, 4096):
                seen += chunk
        except OSError:  # Linux ends a pseudo-terminal so
            pass
        os.close(master)
    assert process.returncode in (0, 2)
    return seen.decode().replace("\r\n", "\n")


def test_colour_is_for_terminals_that_want_it(world: str) -> None:
    words = ("policies", world)
    assert "\x1b[" in in_terminal(words)
    assert "\x1b[" not in in_terminal(words, NO_COLOR="1")
    assert "\x1b[" not in in_terminal(words, TERM="dumb")
    assert "\x1b[31m" in in_terminal(("run", "nothing.yaml"))


def test_stopping_while_it_starts_is_130_without_a_traceback() -> None:
    code = (
        "import sys, simkit.cli\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'simkit.cli.commands': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop())\n"
        "simkit.cli.main(['--version'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "error: stopped\n")


def in_shell(line: str, *words: str) -> subprocess.CompletedProcess[str]:
    """What `line` of a shell does, in which "$@" stands for `simkit` and `words`."""
    command = ["/bin/sh", "-c", line, "sh", sys.executable, "-m", "simkit", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=120, check=False)


@pytest.mark.skipif(os.name != "posix", reason="needs a shell that closes streams")
def test_a_closed_stream_changes_no_exit_code_but_where_it_is_to_be_read(world: str, tmp_path: Path) -> None:
    for words in (("policies",), ("--help",), ("run", world, *FEW)):
        done = in_shell('"$@" >&-', *words)
        assert (done.returncode, done.stdout, "simkit failed" in done.stderr) == (0, "", False)
    out = tmp_path / "ranked.json"
    assert in_shell('"$@" 2>&-', "rank", world, "--out", str(out)).returncode == 0
    assert out.read_text("utf-8").startswith("{")
    assert in_shell('"$@" 2>&-', "rank", "nowhere.yaml").returncode == 2
    unread = in_shell('"$@" <&-', "rank", "-")
    assert unread.returncode == 2
    assert unread.stderr == "error: standard input is closed: name a file\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_under_either_stream_is_no_bug(world: str, tmp_path: Path) -> None:
    for words in (("--help",), ("--version",), ("completion", "bash")):
        done = in_shell('"$@" >/dev/full', *words)
        assert done.returncode == 2
        assert done.stderr == "error: standard output cannot be written (No space left on device): send it elsewhere\n"
    heard = in_shell('"$@" 2>/dev/full', "run", world, *FEW)
    assert (heard.returncode, heard.stdout.startswith("Through leaked-key")) == (0, True)
    assert in_shell('"$@" 2>/dev/full', "run", "nowhere.yaml").returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/stdout"), reason="needs names for open files")
def test_a_pipe_can_be_named_as_the_file_to_write(world: str) -> None:
    done = in_shell('"$@" | cat', "rank", world, "--out", "/dev/stdout", "--format", "json")
    assert done.stdout.startswith("{")
    assert done.stderr == "written: /dev/stdout\n"


def test_a_module_in_the_working_folder_stands_in_for_none_of_ours(tmp_path: Path) -> None:
    """The working folder is somebody's repository, whose code is not to be run because it is called as a library is."""
    for name in ("click", "numpy", "yaml", "coverage"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('this was run')", "utf-8")
    command = [sys.executable, "-m", "simkit", "policies"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env=environment(), timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
