"""Scenarios as they were at a git revision: nothing has to be stored beside them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from simkit.checks.before import Before
from simkit.checks.replays import slots
from simkit.errors import InputError, QuestionError
from simkit.repository import as_it_was, top_of
from simkit.scenario import Scenario, load
from simkit.scenario.parser import begins_a_scenario

READ = (".yaml", ".yml", ".json", ".jsonl")
"""What a scenario may consist of: itself, its parts, and its observed runs."""


@contextmanager
def at_revision(name: str, beside: Sequence[str]) -> Iterator[Revision]:
    """What the repository that holds the files `beside` was where it branched from the revision `name`.

    Raises QuestionError for an unknown revision, InputError without git and outside of a repository.
    """
    top = top_of(beside[0])
    with as_it_was(top, name, READ) as folder:
        yield Revision(name, os.path.realpath(top), folder)


@dataclass(frozen=True, slots=True)
class Revision:
    """What was read of the repository at `top`, where it branched from the revision `name`; it lies in `folder`."""

    name: str
    top: str
    folder: str

    def before(self, file: str) -> Before | None:
        """The scenario in `file` as it was; None where there was none. Raises InputError for one that was broken."""
        old = self.scenario(file)
        # where it lay to be read says nothing
        return None if old is None else Before(self.name, replace(old, file=file, document=None), tuple(slots(old)))

    def scenario(self, file: str) -> Scenario | None:
        """As `before`, with the lines of where it lay to be read; `as_git_says` names them."""
        inside = self._inside(file)
        if not inside.is_file():
            return None
        try:
            return load(inside)
        except InputError as error:
            first = str(error).splitlines()[0].replace(str(inside), file)
            raise InputError(f"{file} cannot be read at {self.name} ({first}): name another revision") from None

    def as_git_says(self, read: str) -> str:
        """`REVISION:PATH` for a file that lies at `read`, as git writes it."""
        return f"{self.name}:{os.path.relpath(read, self.folder)}".replace(os.sep, "/")

    def gone(self, files: Iterable[str]) -> tuple[str, ...]:
        """The scenarios that stood beside `files` and are no longer there, as paths like those of `files`."""
        folders = sorted({os.path.dirname(file) for file in files})
        once = [(folder, each) for folder in folders for each in sorted(self._inside(folder or ".").glob("*.y*ml"))]
        named = [(os.path.join(folder, each.name), each) for folder, each in once]
        return tuple(path for path, each in named if not os.path.exists(path) and begins_a_scenario(each))

    def _inside(self, path: str) -> Path:
        """Where `path` lies in what was read."""
        inside = os.path.relpath(os.path.realpath(path), self.top)
        if inside.startswith(os.pardir):
            raise QuestionError(f"{path} is not in the repository {self.top}: a revision knows only what is")
        return Path(self.folder) / inside
