"""A check as SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

One result for each finding, which is one cause: at the line of the part of the change that did it, or of the
entitlement, credential or trust edge to cut, with the attack paths behind it as code flows. A broken promise without a
path stands at its own line, and what is taken away from the check at the line where it was lowered, or of the section
that it is gone from.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from simkit.checks.check_report import CheckReport
from simkit.checks.findings import KINDS, Finding, Severity
from simkit.checks.path_to_cut import PathToCut
from simkit.checks.spot import Spot
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
LEVELS: dict[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
"""The level of a result of each severity."""
_SCORES: dict[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.0", "low": "2.0"}
"""What GitHub reads as critical (over 9), high (7 to 8.9), medium (4 to 6.9) and low: it takes it from rules alone
(https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support)."""
Json = dict[str, Any]


def sarif(report: CheckReport) -> str:
    """`report` as a SARIF log, sorted and without a clock: the same check gives the same bytes."""
    compared = {check.file: bool(check.compared) for check in report.checks}
    results = [_result(each, compared.get(each.file, True)) for each in report.findings]
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
        "defaultConfiguration": {"level": LEVELS[_severity(rule)]},
        "properties": {
            "tags": ["security", *sorted({reference.id for reference in of(rule)})],
            "security-severity": _SCORES[_severity(rule)],
        },
    }


def _severity(rule: str) -> Severity:
    """How severe a finding of `rule` is; a technique of the attack graph is as severe as what grew or broke by it."""
    return next((severity for kind, severity in KINDS.items() if kind == rule), "high")


def _result(finding: Finding, compared: bool) -> Json:
    main = finding.paths[0] if finding.paths else None
    made: Json = {
        "ruleId": f"simkit/{main.step.rule if main else finding.kind}",
        "level": LEVELS[finding.severity],
        "message": {"text": _said(" ".join((*_cut(finding.paths), *finding.sentences)))},
        "locations": [_location(finding.file, finding.spot)],
        "partialFingerprints": _fingerprints(finding.fingerprint),
        "properties": {"severity": finding.severity, "kind": finding.kind},
    }
    if finding.paths:
        made["codeFlows"] = [_flow(path) for path in finding.paths]
    if compared:
        made["baselineState"] = "unchanged" if finding.known else "new"
    if finding.suppressed:
        until = f"{finding.suppressed.reason} (until {finding.suppressed.until})"
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _said(until)}]
    return made


def _cut(paths: Sequence[PathToCut]) -> Iterator[str]:
    """What to cut, and the path behind it that most trials take."""
    if paths:
        path = max(paths, key=lambda each: each.path.share.estimate)
        share, more = percent(path.path.share.estimate), f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        but = f" ({path.price})" if path.price else ""
        text = f"Cut {path.what}{but}: it is on a path to {path.path.goal} that {share} of trials take first"
        yield f"{text} ({path.path}{more})."


def _flow(path: PathToCut) -> Json:
    steps = [
        {"location": {**_location(path.file, spot), "message": {"text": _said(step.label)}}}
        for step, spot in zip(path.path.steps, path.spots, strict=True)
    ]
    about = f"{path.path.goal} through {path.entry_point} under {path.policy}"
    return {"message": {"text": _said(about)}, "threadFlows": [{"locations": steps}]}


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
