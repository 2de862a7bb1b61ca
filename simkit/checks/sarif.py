"""A check as SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

One result for each attack path to cut, at the line of the scenario file where the entitlement, credential or trust
edge stands; findings without such a path stand at the line of their expectation, and what is taken away from the check
at the line where it was lowered, or of the section that it is gone from.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from simkit.checks.check_report import CheckReport, FileCheck, PathToCut
from simkit.checks.spot import TOP, Spot
from simkit.standards import of
from simkit.table import percent, printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
EXPECTATION, UNDECIDED, GROWTH = "expectation", "undecided", "growth"
DISARMED, EXPOSED, WIDER = "disarmed", "exposed", "wider"
_OWN = {
    EXPECTATION: ("Expectation broken", "A measure is outside the bound that the scenario expects."),
    UNDECIDED: ("Too few trials", "The interval of a measure holds its bound: more trials would tell."),
    WIDER: ("Somebody may do more", "A right is wider than before."),
    GROWTH: ("Blast radius grew", "A measure is larger than in the baseline, by more than chance explains."),
    DISARMED: ("Held to no longer", "What the scenario was held to is taken away or flattered, and nobody said why."),
    EXPOSED: ("Attack surface widened", "Losing a credential or an identity reaches more than in the baseline."),
}
Json = dict[str, Any]


def sarif(report: CheckReport) -> str:
    """`report` as a SARIF log, sorted and without a clock: the same check gives the same bytes."""
    results = [result for check in report.checks for result in _results(check)]
    results += [_gone(key) for key in report.gone]
    used = sorted({str(result["ruleId"]) for result in results})
    for result in results:
        result["ruleIndex"] = used.index(result["ruleId"])
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(results, used)]}
    return json.dumps(log, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _run(results: list[Json], used: Sequence[str]) -> Json:
    from simkit import __version__

    driver = {
        "name": "simkit",
        "semanticVersion": __version__,
        "rules": [_rule(rule.removeprefix("simkit/")) for rule in used],
    }
    return {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "simkit/check/"},
        "results": results,
    }


def _rule(rule: str) -> Json:
    title, says = _OWN.get(rule) or (f"Attack step: {rule}", f"An attack path that is best cut at its step `{rule}`.")
    standards = [str(reference) for reference in of(rule)]
    text = f"{says} Relevant to: {'; '.join(standards)}." if standards else says
    markdown = "\n".join([f"{says}\n\nRelevant to:\n", *(f"- {each}" for each in standards)]) if standards else says
    return {
        "id": f"simkit/{rule}",
        "name": "".join(word.capitalize() for word in rule.replace("-", " ").split()),
        "shortDescription": {"text": f"{title}."},
        "fullDescription": {"text": says},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": "warning" if rule == UNDECIDED else "error"},
        "properties": {"tags": ["security", *sorted({reference.id for reference in of(rule)})]},
    }


def _results(check: FileCheck) -> Iterator[Json]:
    yield from _exposed(check)
    for lost in check.unexplained:
        yield _finding(check, DISARMED, lost.sentence, check.spot(lost.sentence), (lost.what,))
    yield from (_path(path) for path in check.paths)
    shown = {reason for path in check.paths for reason in path.reasons}
    for verdict in check.verdicts:
        if not verdict.holds and verdict.sentence not in shown:
            rule = UNDECIDED if verdict.status == "unsure" else EXPECTATION
            about = (verdict.expectation.name, verdict.policy, verdict.entry_point)
            yield _finding(check, rule, verdict.sentence, check.spot(verdict.expectation.name), about)
    for change in check.growth:
        if change.sentence not in shown:
            about = (change.measure, change.policy, change.entry_point)
            yield _finding(check, GROWTH, change.sentence, check.spot(change.sentence), about)
    for each in check.widened:
        yield _finding(check, WIDER, each.sentence, each.spot, (str(each.element),))


def _exposed(check: FileCheck) -> Iterator[Json]:
    for each in check.exposed:
        about = (each.policy, *(f"{kind} {name}" for kind, name in each.things))
        yield _finding(check, EXPOSED, each.sentence, check.spot(each.sentence), about)


def _gone(key: str) -> Json:
    """A scenario whose file is gone stands nowhere: the finding names the file that was."""
    return _result(DISARMED, "DISARMED: the scenario is gone.", _location(key, TOP), (key, "gone"))


def _finding(check: FileCheck, rule: str, sentence: str, spot: Spot, about: tuple[str, ...]) -> Json:
    return _result(rule, sentence, _location(check.file, spot), (check.scenario, rule, *about))


def _result(rule: str, sentence: str, location: Json, about: tuple[str, ...]) -> Json:
    fingerprint = hashlib.sha256("\n".join(about).encode()).hexdigest()[:32]
    return {
        "ruleId": f"simkit/{rule}",
        "level": "warning" if rule == UNDECIDED else "error",
        "message": {"text": _said(sentence)},
        "locations": [location],
        "partialFingerprints": _fingerprints(fingerprint),
    }


def _path(path: PathToCut) -> Json:
    share = percent(path.path.share.estimate)
    text = f"Cut {path.what}: it is on a path to {path.path.goal} that {share} of trials take first ({path.path})."
    steps = [
        {"location": {**_location(path.file, spot), "message": {"text": _said(step.label)}}}
        for step, spot in zip(path.path.steps, path.spots, strict=True)
    ]
    return {
        "ruleId": f"simkit/{path.step.rule}",
        "level": "error" if path.sure else "warning",
        "message": {"text": _said(" ".join((text, *path.reasons)))},
        "locations": [_location(path.file, path.spots[path.cut])],
        "codeFlows": [{"threadFlows": [{"locations": steps}]}],
        "partialFingerprints": _fingerprints(path.fingerprint),
    }


def _fingerprints(fingerprint: str) -> Json:
    """GitHub reads `primaryLocationLineHash` alone; ours says what it is made of."""
    return {"simkitPath/v1": fingerprint, "primaryLocationLineHash": f"{fingerprint}:1"}


def _location(file: str, spot: Spot) -> Json:
    """Where to look: in what a person wrote, so in the settings file rather than in what was imported from it."""
    file = spot.file or file
    where: Json = {"uri": quote(_relative(file)), "uriBaseId": "%SRCROOT%"}
    if file == "<stdin>" or os.path.isabs(_relative(file)):
        where.pop("uriBaseId")
    region = {"startLine": spot.line, "startColumn": spot.column}
    return {"physicalLocation": {"artifactLocation": where, "region": region}}


def _relative(file: str) -> str:
    """`file` as seen from the folder of the run, where code hosts look for it."""
    if file == "<stdin>":
        return "stdin"
    path = os.path.relpath(file)
    return (os.path.abspath(file) if path.startswith("..") else path).replace(os.sep, "/")


def _said(text: str) -> str:
    """`text` without what SARIF would read as a placeholder (`{0}`) or a link (`[a](b)`), and nothing hidden in it."""
    return printable(text).replace("{", "{{").replace("}", "}}").replace("](", "\\](")
