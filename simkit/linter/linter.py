"""A scenario in, its warnings out: the checks are asked, places looked up, and the file's own answers heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simkit.errors import QuestionError, nearest
from simkit.linter.check import Check, Slip
from simkit.linter.checks_table import CHECKS
from simkit.linter.inspected import Inspected
from simkit.linter.lint_report import LintReport, LintWarning
from simkit.scenario import Scenario, checked_scenario
from simkit.scenario.ignores import Ignore
from simkit.scenario.places import Place, locate

WITHOUT_REASON, WITHOUT_USE = "ignore-without-reason", "unused-ignore"
"""What is asked of the comments themselves; nothing silences these."""


def lint(scenario: Scenario, *, codes: Iterable[str] | None = None) -> LintReport:
    """What in `scenario` is probably a slip, in file order: the checks called `codes` (None: all of them).

    A comment `# simkit: ignore[code] why` in a YAML file silences a warning. Raises QuestionError for an unknown code,
    and for what is no scenario.

    >>> import simkit
    >>> simkit.lint(simkit.load("scenarios/starter.yaml")).codes
    ()
    """
    checks = _chosen(codes)
    inspected = Inspected(checked_scenario(scenario))
    document = scenario.document
    root = None if document is None else document.places()
    found = [
        _warning(scenario, root, check.code, slip if check.answers else _idle(slip))
        for check in checks
        for slip in check.finds(inspected)
    ]
    ignores = document.ignores if document is not None else ()
    own = _file(scenario)
    answered = {(ignore.file or own, ignore.silences + 1, code) for ignore in ignores for code in ignore.codes}
    silenced = [warning for warning in found if (warning.file, warning.line, warning.code) in answered]
    loud = [warning for warning in found if (warning.file, warning.line, warning.code) not in answered]
    loud += _about_ignores(scenario, ignores, silenced, {check.code for check in checks})
    return LintReport(scenario.name, scenario.file, _in_order(loud), _in_order(silenced))


def _chosen(codes: Iterable[str] | None) -> list[Check]:
    if codes is None:
        return list(CHECKS.values())
    wanted = [codes] if isinstance(codes, str) else list(codes)
    for code in wanted:
        if code not in CHECKS:
            raise QuestionError(f"no check has the code {code!r}: {nearest(code, CHECKS)}")
    return [CHECKS[code] for code in dict.fromkeys(wanted)]


def _idle(slip: Slip) -> Slip:
    return Slip(slip.where, slip.says, frozenset(), frozenset())


def _warning(scenario: Scenario, root: Place | None, code: str, slip: Slip) -> LintWarning:
    line, column, file = 0, 0, _file(scenario)
    if root is not None and scenario.document is not None:
        mark = locate(root, slip.where, key=bool(slip.where) and isinstance(slip.where[-1], str))
        line, column, file = mark.line + 1, mark.column + 1, scenario.document.file_of(mark)
    touched = (slip.policies, slip.entry_points)
    return LintWarning(code, slip.where, slip.says, file, line, column, *touched)


def _file(scenario: Scenario) -> str:
    """The file as messages call it, standard input by a name of its own."""
    return scenario.file if scenario.document is None else scenario.document.file


def _about_ignores(
    scenario: Scenario, ignores: Iterable[Ignore], silenced: Iterable[LintWarning], asked: set[str]
) -> Iterator[LintWarning]:
    """An ignore without a reason, and each of its codes that silences nothing or does not exist."""
    own = _file(scenario)
    heard = {(warning.file, warning.line - 1, warning.code) for warning in silenced}
    for ignore in ignores:
        if not ignore.why:
            codes = ", ".join(ignore.codes)
            message = f"the comment ignores {codes or 'nothing'} and does not say why: write the reason behind the ]"
            yield _comment(scenario, ignore, WITHOUT_REASON, message)
        for code in ignore.codes:
            if code not in CHECKS:
                message = f"the comment ignores {code!r}, which is no code: {nearest(code, CHECKS)}"
                yield _comment(scenario, ignore, WITHOUT_USE, message)
            elif code in asked and (ignore.file or own, ignore.silences, code) not in heard:
                message = f"the comment ignores {code}, which nothing on its line is: remove it, or put it on that line"
                yield _comment(scenario, ignore, WITHOUT_USE, message)


def _comment(scenario: Scenario, ignore: Ignore, code: str, message: str) -> LintWarning:
    none = frozenset[str]()
    file = ignore.file or _file(scenario)
    return LintWarning(code, (), message, file, ignore.line + 1, ignore.column + 1, none, none)


def _in_order(warnings: Iterable[LintWarning]) -> tuple[LintWarning, ...]:
    places = {(each.line, each.column, each.code, each.where, each.message, each.file): each for each in warnings}
    order = sorted(places, key=lambda key: (key[5], *key[:3], tuple(map(str, key[3])), key[4]))
    return tuple(places[key] for key in order)
