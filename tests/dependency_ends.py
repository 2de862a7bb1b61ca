"""Runs the tests with the oldest and with the newest versions that pyproject.toml allows, in environments of their own:

    python tests/dependency_ends.py                            all tests, twice
    python tests/dependency_ends.py --end oldest tests/engines        one end, some tests

Needs the network, and takes the time of the test suite at each end: outside `.ci/run`. Ends with the exit code of the
first tests that fail.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENDS = ("oldest", "newest")
LOWER = re.compile(r"^([A-Za-z0-9._-]+)\s*>=\s*([0-9][0-9.]*)")
"""A requirement whose lowest version is named."""
OF_THAT_AGE = ("pyparsing<3.3", "check-jsonschema<0.34")
"""What old versions need that they do not say: old matplotlib calls pyparsing by names that 3.3 warns of, and later
versions of check-jsonschema do not start with click 8.2, which they allow."""


DRAWN_ANEW = "--ignore=tests/plots/test_docs_images.py"
"""The pictures in the docs are those of the newest matplotlib, dot by dot."""


def oldest(requirements: list[str]) -> list[str]:
    """A constraint for each requirement: the lowest version that it allows. Raises ValueError where none is named.

    >>> oldest(["click>=8.1", "highspy>=1.9,!=1.16.0"])
    ['click==8.1', 'highspy==1.9']
    """
    found = [LOWER.match(each) for each in requirements]
    bare = [each for each, match in zip(requirements, found, strict=True) if match is None]
    if bare:
        raise ValueError(f"{', '.join(bare)} has no lowest version: write one into pyproject.toml")
    return [f"{match[1]}=={match[2]}" for match in found if match]


def tried(end: str, room: Path, tests: list[str]) -> int:
    """The exit code of `tests` with the versions at this `end`, in an environment made in `room`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    venv.create(room, with_pip=True)
    python = str(room / "bin" / "python")
    limits = room / "constraints.txt"
    limits.write_text("\n".join([*oldest(project["dependencies"]), *OF_THAT_AGE] if end == "oldest" else []))
    install = [python, "-m", "pip", "install", "-q", "--upgrade", "-c", str(limits), "-e", f"{ROOT}[dev]"]
    subprocess.run(install, check=True)
    names = [LOWER.match(each)[1] for each in project["dependencies"]]  # type: ignore[index]
    shown = subprocess.run([python, "-m", "pip", "freeze"], check=True, capture_output=True, text=True).stdout
    left_out = [DRAWN_ANEW] if end == "oldest" else []
    versions = [line for line in shown.splitlines() if re.split("==", line)[0].lower() in names]
    sys.stdout.write(f"== {end}: {', '.join(versions)}\n")
    sys.stdout.flush()
    return subprocess.run([python, "-m", "pytest", "-q", "-n", "2", *left_out, *tests], cwd=ROOT).returncode


def main() -> int:
    """The exit code of the first end at which a test fails; 0 if none does."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--end", choices=ENDS, help="only this one")
    asked.add_argument("tests", nargs="*", help="what pytest is asked to run; all, if nothing is said")
    given = asked.parse_args()
    for end in [given.end] if given.end else ENDS:
        with tempfile.TemporaryDirectory() as room:
            code = tried(end, Path(room), given.tests)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
