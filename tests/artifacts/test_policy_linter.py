"""What another linter finds in policy documents that were changed, and did not find before."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_account import statement

from simkit.artifacts.policy_linter import ABSENT, linted
from simkit.errors import EngineError

ALLOWS = statement("s3:GetObject", on="arn:aws:s3:::books/*")
LIKE_IT = """
import json
from types import SimpleNamespace
import pkg_resources

SEVERITY = json.load(open(pkg_resources.resource_filename(__name__, "severity.json")))


def analyze_policy_string(text):
    told = json.loads(text)["Statement"]
    if any(isinstance(each["Action"], int) for each in told):
        raise TypeError("expected text")
    assert all("Resource" in each for each in told)
    return SimpleNamespace(findings=[SimpleNamespace(issue=each["Sid"]) for each in told if "Sid" in each])


def enhance_finding(finding):
    finding.severity = SEVERITY[finding.issue]
    return finding
"""
"""With the face of parliament 1.6.4: each Sid is a finding. It asks for pkg_resources and leaves a file open."""


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def found(issue: str) -> dict[str, Any]:
    return {**ALLOWS, "Sid": issue}


@pytest.fixture
def _linter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    package = tmp_path / "parliament"
    package.mkdir()
    (package / "__init__.py").write_text(LIKE_IT, "utf-8")
    (package / "severity.json").write_text('{"STAR": "LOW", "MALFORMED": "HIGH"}', "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    was = sys.modules.pop("parliament", None)
    yield
    sys.modules.pop("parliament", None)
    if was is not None:
        sys.modules["parliament"] = was


@pytest.mark.usefixtures("_linter")
def test_only_what_is_new_is_told_and_with_its_severity() -> None:
    before, once, twice = policy(ALLOWS), policy(found("STAR")), policy(found("STAR"), found("STAR"))
    told = "parliament finds STAR (low) in a.json, and did not before"
    assert list(linted({"a.json": (before, once)})) == [told]
    assert list(linted({"a.json": (once, twice)})) == [told]
    assert list(linted({"a.json": (twice, once)})) == ["parliament finds nothing new in it"]
    both = {"a.json": (before, once), "b.json": (once, once)}
    assert list(linted(both)) == [told, "parliament finds nothing new in 1 of them"]
    assert "pkg_resources" not in sys.modules or hasattr(sys.modules["pkg_resources"], "working_set"), "it was lent"


@pytest.mark.usefixtures("_linter")
def test_a_document_that_it_does_not_take_is_refused() -> None:
    with pytest.raises(EngineError, match=r"does not take a\.json \(MALFORMED\)"):
        list(linted({"a.json": (policy(ALLOWS), policy(found("MALFORMED")))}))
    told = list(linted({"a.json": (policy(found("MALFORMED")), policy(found("MALFORMED")))}))
    assert told == ["parliament finds nothing new in it"], "as it was"


@pytest.mark.usefixtures("_linter")
def test_a_trust_policy_has_no_resource_and_what_it_stops_at_is_said() -> None:
    trust = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    assert list(linted({"t.json": (policy(trust), {"Version": "2012-10-17", "Statement": [trust]})})) == [
        "parliament finds nothing new in it"
    ]
    (told,) = linted({"a.json": (policy(ALLOWS), policy({**ALLOWS, "Action": 1}))})
    assert told == "parliament stops at a.json (TypeError: expected text), and did not check it"


def test_nothing_is_linted_where_no_document_changes_and_its_absence_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert list(linted({})) == []
    assert list(linted({"a.json": (policy(ALLOWS), policy(ALLOWS))})) == [ABSENT]
    assert ABSENT == "not held against the linter parliament: `pip install 'blast-radius-simkit[aws]'` for that"


@pytest.mark.skipif(importlib.util.find_spec("parliament") is None, reason="needs the extra aws")
def test_parliament_itself_has_nothing_to_say_of_what_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from artifact_contract import imported
    from artifacts.test_iam_policies import SAMPLE

    from simkit.artifacts import ImportedSources
    from simkit.artifacts.iam_policies import AWS, carry

    monkeypatch.chdir(tmp_path)
    (tmp_path / "account.json").write_text(SAMPLE, "utf-8")
    scenario = imported(tmp_path)
    sources = ImportedSources.of(scenario, "aws")
    told = {check for each in AWS.offers(scenario, sources) for check in carry(scenario, sources, [each]).checks}
    assert {each for each in told if each.startswith("parliament")} == {"parliament finds nothing new in it"}
