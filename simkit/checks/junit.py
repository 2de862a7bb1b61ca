"""A check as JUnit XML, in the shape of Jenkins' xUnit plugin: a suite for each scenario file, a case for each promise.

Times are wall seconds, so that two reports of the same check differ in them. What XML 1.0 cannot hold
(https://www.w3.org/TR/xml/#charsets) is taken out of names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as Xml

from simkit.checks.check_report import CheckReport
from simkit.checks.file_check import FileCheck
from simkit.checks.findings import Finding, Kind
from simkit.checks.path_to_cut import PathToCut

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x84\x86-\x9f\ufdd0-\ufdef]")


def junit(report: CheckReport) -> str:
    """`report` as JUnit XML. An expectation that too few trials cannot tell is a failure of type `undecided`."""
    root = Xml.Element("testsuites", name="simkit")
    for check in report.checks:
        _suite(root, check)
    for key in report.gone:
        _gone(root, key)
    root.set("time", _seconds(sum(float(suite.get("time", "0")) for suite in root)))
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
    found = check.findings
    cases = [*_expectations(check, found), *(_compared(check, found) if check.compared else ())]
    failures, skipped = (sum(case.find(tag) is not None for case in cases) for tag in ("failure", "skipped"))
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": str(skipped)}
    time = _seconds(check.seconds + sum(each.seconds for each in check.verdicts))
    suite = Xml.SubElement(root, "testsuite", {"name": fit(check.file), **counts, "time": time})
    suite.extend(cases)


def _expectations(check: FileCheck, findings: Sequence[Finding]) -> Iterator[Xml.Element]:
    """A case for each promise and entry point; one whose finding fails nothing is skipped, and says why."""
    for verdict in check.verdicts:
        case = _case(check, f"{verdict.expectation.name} through {verdict.entry_point}", verdict.seconds)
        if not verdict.holds:
            kind = "undecided" if verdict.status == "unsure" else "expectation"
            found = [each for each in findings if verdict.sentence in each.sentences]
            red = [each for each in found if check.threshold.is_failed_by(each)]
            if found and not red:
                _skip(case, check.threshold.why_not(found[0]))
            else:
                body = "\n".join(f"{path.path} (cut {_cut(path)})" for path in _paths(check, verdict.sentence))
                _fail(case, kind, verdict.sentence, body)
        yield case


CASES: tuple[tuple[Kind, str], ...] = (
    ("disarmed", "what it is held to has not been taken away"),
    ("growth", "the blast radius has not grown"),
    ("exposed", "no credential or identity reaches more when it is lost"),
)
"""What a comparison proves, and the kind of the findings that break it; what is wider is growth."""


def _compared(check: FileCheck, findings: Sequence[Finding]) -> Iterator[Xml.Element]:
    """One case for each thing that a comparison proves."""
    for kind, name in CASES:
        case = _case(check, name, check.seconds / len(CASES))
        kinds = {kind, "wider"} if kind == "growth" else {kind}
        found = [each for each in findings if each.kind in kinds]
        red = [each for each in found if check.threshold.is_failed_by(each)]
        if red:
            lines = [line for each in red for line in (*each.sentences, *_ways(each))]
            _fail(case, red[0].kind, red[0].sentence, "\n".join(lines))
        elif found:
            _skip(case, check.threshold.why_not(found[0]))
        yield case


def _ways(finding: Finding) -> Iterator[str]:
    yield from (f"{path.path} (cut {_cut(path)})" for path in finding.paths)


def _paths(check: FileCheck, reason: str) -> list[PathToCut]:
    return [path for path in check.paths if reason in path.reasons]


def _cut(path: PathToCut) -> str:
    spot = path.spots[path.cut]
    where = str(spot) if spot.file else f"{path.file}:{spot.line}"
    return f"{path.what} at {where}{f', {path.price}' if path.price else ''}"


def _skip(case: Xml.Element, why: str) -> None:
    Xml.SubElement(case, "skipped", {"message": fit(why)})


def _seconds(taken: float) -> str:
    return f"{taken:.3f}"


def _case(check: FileCheck, name: str, seconds: float) -> Xml.Element:
    made = {"classname": fit(check.scenario), "name": fit(name), "time": _seconds(seconds)}
    return Xml.Element("testcase", made)


def _fail(case: Xml.Element, kind: str, message: str, body: str) -> None:
    Xml.SubElement(case, "failure", {"type": kind, "message": fit(message)}).text = fit(body or message)


def fit(text: str) -> str:
    r"""`text` without what XML 1.0 cannot hold.

    >>> fit("red\x1b[31m")
    'red[31m'
    """
    return _UNFIT.sub("", text)
