"""A check as JUnit XML, in the shape of Jenkins' xUnit plugin: a suite for each scenario file, a case for each promise.

What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets) is taken out of names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from simkit.checks.check_report import CheckReport, FileCheck

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x84\x86-\x9f\ufdd0-\ufdef]")


def junit(report: CheckReport) -> str:
    """`report` as JUnit XML. An expectation that too few trials cannot tell is a failure of type `undecided`."""
    root = Xml.Element("testsuites", name="simkit")
    for check in report.checks:
        _suite(root, check)
    for key in report.gone:
        _gone(root, key)
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _gone(root: Xml.Element, key: str) -> None:
    """A scenario whose file is gone: a suite of one failure."""
    counts = {"tests": "1", "failures": "1", "errors": "0", "skipped": "0"}
    suite = Xml.SubElement(root, "testsuite", {"name": fit(key), **counts})
    case = Xml.SubElement(suite, "testcase", {"classname": fit(key), "name": "the scenario is there", "time": "0"})
    _fail(case, "disarmed", "DISARMED: the scenario is gone.", "")


def _suite(root: Xml.Element, check: FileCheck) -> None:
    cases = [*_expectations(check), *_disarmed(check), *_growth(check), *_surface(check)]
    failures = sum(case.find("failure") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": "0"}
    suite = Xml.SubElement(root, "testsuite", {"name": fit(check.file), **counts})
    suite.extend(cases)


def _expectations(check: FileCheck) -> Iterator[Xml.Element]:
    for verdict in check.verdicts:
        case = _case(check, f"{verdict.expectation.name} through {verdict.entry_point}")
        if not verdict.holds:
            kind = "undecided" if verdict.status == "unsure" else "expectation"
            _fail(case, kind, verdict.sentence, _paths(check, verdict.sentence))
        yield case


def _disarmed(check: FileCheck) -> Iterator[Xml.Element]:
    """One case for what the check holds it to, where it is known what that was."""
    if not check.compared:
        return
    case = _case(check, "what it is held to has not been taken away")
    if check.unexplained:
        _fail(case, "disarmed", check.unexplained[0].sentence, "\n".join(each.sentence for each in check.unexplained))
    yield case


def _growth(check: FileCheck) -> Iterator[Xml.Element]:
    """One case for the baseline, where there is one; else there is nothing that could have grown."""
    if not check.compared:
        return
    case = _case(check, "the blast radius has not grown")
    if check.growth or check.widened:
        told = [line for change in check.growth for line in (change.sentence, _paths(check, change.sentence)) if line]
        told += [each.sentence for each in check.widened]
        _fail(case, "growth" if check.growth else "wider", told[0], "\n".join(told))
    yield case


def _surface(check: FileCheck) -> Iterator[Xml.Element]:
    """One case for what losing each credential and each identity reaches, where it is known what that was."""
    if not check.compared:
        return
    case = _case(check, "no credential or identity reaches more when it is lost")
    if check.exposed:
        _fail(case, "exposed", check.exposed[0].sentence, "\n".join(each.sentence for each in check.exposed))
    yield case


def _paths(check: FileCheck, reason: str) -> str:
    return "\n".join(f"{path.path} (cut {path.what})" for path in check.paths if reason in path.reasons)


def _case(check: FileCheck, name: str) -> Xml.Element:
    return Xml.Element("testcase", {"classname": fit(check.scenario), "name": fit(name), "time": "0"})


def _fail(case: Xml.Element, kind: str, message: str, body: str) -> None:
    Xml.SubElement(case, "failure", {"type": kind, "message": fit(message)}).text = fit(body or message)


def fit(text: str) -> str:
    r"""`text` without what XML 1.0 cannot hold.

    >>> fit("red\x1b[31m")
    'red[31m'
    """
    return _UNFIT.sub("", text)
