"""Narrowings as permissions of workflows, which the schema of workflows takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
import yaml
from artifact_contract import ArtifactContract, imported

from simkit.artifacts import Artifact, ImportedSources, carried_out
from simkit.artifacts.workflow_permissions import GITHUB_ACTIONS
from simkit.importers.github_actions.job_permissions import SCOPES
from simkit.narrowing import CutTrust, DropEntitlements, Holder

TRIAGE = """\
on: issues
permissions:
  contents: write  # for the labels
  issues: write
jobs:
  triage:
    runs-on: ubuntu-latest
    steps:
      - uses: anthropics/claude-code-action@v1
  label:
    runs-on: ubuntu-latest
    permissions:
      issues: write
      pull-requests: read
    steps:
      - run: ./label.sh
"""
SHIP = """\
on: push
jobs:
  ship:
    runs-on: ubuntu-latest
    permissions: write-all
    steps:
    - uses: aws-actions/configure-aws-credentials@v4
      with: {role-to-assume: "arn:aws:iam::123456789012:role/ship"}
  test: {runs-on: ubuntu-latest, steps: [{run: pytest}]}
"""
PLACES = (".github/workflows/triage.yml", ".github/workflows/ship.yml")


class TestGithubActions(ArtifactContract):
    kind = GITHUB_ACTIONS
    sample: ClassVar[Mapping[str, str]] = dict(zip(PLACES, (TRIAGE, SHIP), strict=True))


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportedSources:
    monkeypatch.chdir(tmp_path)
    for name, text in TestGithubActions.sample.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return ImportedSources.of(imported(tmp_path), "github-actions")


def carried(sources: ImportedSources, identity: str, *operations: str) -> Artifact:
    """The artifact that drops the operations of a token, on whatever they are about."""
    tools = sources.scenario.model.tools["github-token"].operations
    grants = tuple((f"github-token.{each}", tools[each].targets[0]) for each in operations)
    drop = DropEntitlements(Holder("identity", identity), grants)
    return carried_out(GITHUB_ACTIONS, sources.scenario, sources, [drop])


def test_a_block_of_its_own_is_changed_where_it_says_it(sample: ImportedSources) -> None:
    found = carried(sample, "job triage/label", "read-pull-requests")
    assert found.files[PLACES[0]][1] == TRIAGE.replace("      pull-requests: read\n", "")


def test_a_job_without_a_block_gets_one_and_the_other_jobs_keep_theirs(sample: ImportedSources) -> None:
    found = carried(sample, "agent in triage/triage", "write-contents")
    assert found.is_whole
    text = found.files[PLACES[0]][1]
    assert yaml.safe_load(text)["jobs"]["triage"]["permissions"] == {"contents": "read", "issues": "write"}
    assert text.startswith(TRIAGE[: TRIAGE.index("    steps:")])
    assert any("of job triage/triage" in each for each in found.beyond), "they share a token, which is said"


def test_who_writes_reads(sample: ImportedSources) -> None:
    found = carried(sample, "job triage/label", "read-issues")
    assert "who writes" in next(iter(found.unsaid.values()))


def test_without_an_id_token_no_cloud_is_entered(sample: ImportedSources) -> None:
    (edge,) = sample.scenario.model.trust
    found = carried_out(GITHUB_ACTIONS, sample.scenario, sample, [CutTrust(edge.name)])
    assert found.is_whole
    assert not found.applied.model.trust
    said = yaml.safe_load(found.files[PLACES[1]][1])["jobs"]["ship"]["permissions"]
    assert "id-token" not in said
    assert said.keys() == {*SCOPES} - {"id-token"}
    assert said["models"] == "read", "models are only ever read"


def test_the_schema_of_workflows_takes_every_change(sample: ImportedSources) -> None:
    from check_jsonschema.builtin_schemas import get_builtin_schema

    schema: Any = get_builtin_schema("vendor.github-workflows")
    validator = jsonschema.Draft7Validator(schema)
    for each in GITHUB_ACTIONS.offers(sample.scenario, sample):
        for _, text in carried_out(GITHUB_ACTIONS, sample.scenario, sample, [each]).files.values():
            value = yaml.safe_load(text)
            value["on"] = value.pop(True)
            assert not list(validator.iter_errors(value)), each.name
