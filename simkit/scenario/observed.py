"""Real runs of tasks: in the scenario itself, or in a JSON-lines file beside it."""

from __future__ import annotations

import os
from typing import Any

from simkit.errors import InputError, Problem, ScenarioError
from simkit.files import decoded
from simkit.files import read as read_bytes
from simkit.scenario.json_parser import read_json
from simkit.scenario.places import FORBIDDEN, Document, Point, forbidden, locate, point, refusal


class Runs:
    """The observed runs of one document, and where each of them stands.

    `folder` is the scenario's own; None where the scenario did not come from a file.
    """

    def __init__(self, document: Document, folder: str | None) -> None:
        self.document = document
        self.folder = folder
        self.problems: list[Problem] = []
        self._lines: list[tuple[int, Document]] | None = None

    def inlined(self, raw: dict[str, Any]) -> dict[str, Any]:
        """`raw` with the runs themselves where it names a file of them."""
        given = raw.get("observed")
        if not isinstance(given, str):
            return raw
        self._lines = []
        for number, line in self._text(given):
            self._read(number, line)
        return {**raw, "observed": [document.value for _, document in self._lines]}

    def located(self, problem: Problem, *, key: bool = False) -> Problem:
        """`problem` with its file, line and column."""
        where = problem.where
        if self._lines is None or len(where) < 2 or where[0] != "observed" or not isinstance(where[1], int):
            return self.document.located(problem, key=key)
        number, document = self._lines[where[1]]
        column = locate(document.places(), where[2:], key=key).column
        return refusal(document.file, Point(number, column), problem.message, where)

    def _refuse(self, message: str) -> None:
        self.problems.append(self.document.located(Problem(("observed",), message)))

    def _text(self, name: str) -> list[tuple[int, str]]:
        """The lines of the file called `name` that hold something, numbered from 0."""
        if self.folder is None:
            self._refuse(f"`observed` names the file {name[:60]!r}, but this scenario is no file: list the runs here")
            return []
        if os.path.isabs(name) or os.pardir in name.replace("\\", "/").split("/"):
            self._refuse(f"the file {name[:60]!r} does not lie beside the scenario: move it there")
            return []
        path = os.path.join(self.folder, name)
        try:
            text = decoded(read_bytes(path), path)
        except ScenarioError as error:
            self.problems.extend(error.problems)
            return []
        except InputError as error:
            self._refuse(str(error))
            return []
        found = FORBIDDEN.search(text)
        if found:
            self.problems.append(refusal(path, point(text, found.start()), forbidden(found[0])))
            return []
        self._path = path
        return [(number, line) for number, line in enumerate(text.split("\n")) if line.strip()]

    def _read(self, number: int, line: str) -> None:
        """Keep the run in `line`, or the problem with it."""
        try:
            document = read_json(line, self._path, only=True)
        except ScenarioError as error:
            self.problems.extend(_moved(problem, number) for problem in error.problems)
            return
        if document is not None and self._lines is not None:
            self.problems.extend(_moved(problem, number) for problem in document.problems)
            self._lines.append((number, document))


def _moved(problem: Problem, number: int) -> Problem:
    return Problem(problem.where, problem.message, problem.file, problem.line + number, problem.column)
