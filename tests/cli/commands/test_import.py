"""`simkit import` makes scenarios of the files that people have."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

Cli = Callable[..., click.testing.Result]
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: shop, namespace: web}\nspec: {containers: []}\n"


@pytest.fixture
def pod(tmp_path: Path) -> Path:
    file = tmp_path / "deploy" / "pod.yaml"
    file.parent.mkdir()
    file.write_text(POD, "utf-8")
    return file


def test_the_scenario_is_written_and_other_commands_take_it(cli: Cli, pod: Path, tmp_path: Path) -> None:
    out = tmp_path / "imported"
    told = cli("import", str(pod.parent), "-o", str(out))
    assert told.exit_code == 0
    assert f"written: {out}/kubernetes.yaml" in told.stdout.replace("\n", "")
    assert cli("run", str(out / "scenario.yaml"), "--trials", "20").exit_code == 0
    assert "unchanged" in cli("import", str(pod), "-o", str(out)).stdout


def test_check_says_what_has_changed_and_writes_nothing(cli: Cli, pod: Path, tmp_path: Path) -> None:
    out = tmp_path / "imported"
    cli("import", str(pod), "-o", str(out))
    before = (out / "kubernetes.yaml").read_text()
    assert cli("import", str(pod), "-o", str(out), "--check").exit_code == 0
    pod.write_text(POD.replace("shop", "other"), "utf-8")
    told = cli("import", str(pod), "-o", str(out), "--check")
    assert told.exit_code == 1
    assert "import again" in " ".join(told.stdout.split())
    assert (out / "kubernetes.yaml").read_text() == before


def test_importing_again_says_what_appeared_and_vanished(cli: Cli, pod: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "imported")
    cli("import", str(pod), "-o", out)
    pod.write_text(POD.replace("shop", "other"), "utf-8")
    told = json.loads(cli("import", str(pod), "-o", out, "--format", "json").stdout)["result"]["changes"]
    assert ["appeared", "identities: pod:web/other", "deploy/pod.yaml:1:1"] in told
    assert ["vanished", "identities: pod:web/shop", "deploy/pod.yaml:1:1"] in told


def test_parts_of_other_kinds_stay_and_are_included(cli: Cli, pod: Path, tmp_path: Path) -> None:
    out = tmp_path / "imported"
    servers = tmp_path / ".mcp.json"
    servers.write_text('{"mcpServers": {"s": {"command": "x"}}}', "utf-8")
    cli("import", str(pod), "-o", str(out))
    cli("import", str(servers), "-o", str(out))
    assert 'include: ["agent.yaml", "kubernetes.yaml"]' in (out / "scenario.yaml").read_text("utf-8")
    assert cli("validate", str(out)).exit_code == 0


def test_strict_ends_with_4_where_something_was_not_translated(cli: Cli, pod: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "imported")
    assert cli("import", str(pod), "-o", out, "--strict").exit_code == 0
    pod.write_text(POD + "---\nkind: Pod\napiVersion: v1\n", "utf-8")
    told = cli("import", str(pod), "-o", out, "--strict", "--format", "json")
    assert told.exit_code == 4
    (found,) = json.loads(told.stdout)["result"]["imported"]
    assert found["untranslated"] == [{"file": str(pod), "line": 6, "what": "Pod", "why": "it has no name"}]
    assert not found["complete"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.yaml", "shopping: [milk]\n", "kind"),
        ("a.yaml", "kind: Pod\napiVersion: v1\n  x: [\n", "a.yaml:3:4: this is not YAML"),
        ("a.json", '{"kind": "Pod", "apiVersion": ', "this is not JSON"),
        ("a.txt", "hello", "kind"),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_a_sentence(
    cli: Cli, tmp_path: Path, name: str, text: str, says: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    told = cli("import", str(tmp_path / name), "-o", str(tmp_path / "out"))
    assert told.exit_code == 2
    assert says in told.stderr
    assert told.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_unknown_kind_and_an_empty_folder_end_with_2(cli: Cli, pod: Path, tmp_path: Path) -> None:
    assert "no importer is called 'kubernets'" in cli("import", str(pod), "--kind", "kubernets").stderr
    (tmp_path / "empty").mkdir()
    told = cli("import", str(tmp_path / "empty"))
    assert told.exit_code == 2
    assert "nothing is there that can be imported" in told.stderr


TEMPLATE = "Resources:\n  Admin:\n    Type: AWS::IAM::User\n"
STATE = '{"version": 4, "lineage": "x", "resources": [{"mode": "managed", "type": "aws_iam_user", "name": "admin"}]}'
TERRAFORM = 'resource "aws_iam_user" "admin" {\n  name = "admin"\n}\n'


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("stack.yaml", TEMPLATE, "templates of CloudFormation"),
        ("stack.template", TEMPLATE, "templates of CloudFormation"),
        ("main.tf", TERRAFORM, "Terraform's own files"),
        ("main.tofu", TERRAFORM, "Terraform's own files"),
        ("terraform.tfstate", STATE, "Terraform's stored states"),
        ("state.json", STATE, "Terraform's stored states"),
        ("main.tf.json", '{"resource": {"aws_iam_user": {"admin": {"name": "admin"}}}}', "Terraform's own files"),
    ],
)
def test_sources_that_give_rights_and_are_not_read_are_told(
    cli: Cli, pod: Path, tmp_path: Path, name: str, text: str, what: str
) -> None:
    """With what is read in their place: beside others, alone in a folder, and by name."""
    folder = tmp_path / "infra"
    folder.mkdir()
    (folder / name).write_text(text, "utf-8")
    out = ("-o", str(tmp_path / "out"))
    for paths in ((str(folder),), (str(folder / name),)):
        told = cli("import", *paths, *out)
        assert (told.exit_code, what in told.stderr, "import the" in told.stderr) == (2, True, True)
    told = cli("import", str(folder), str(pod), "--strict", "--format", "json", *out)
    assert told.exit_code == 4
    assert what in told.stdout


def test_other_programs_and_manifests_are_no_such_sources(cli: Cli, pod: Path, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "google_project" "one" {}\n', "utf-8")
    told = cli("import", str(tmp_path), "--format", "json", "-o", str(tmp_path / "out"))
    assert "Terraform" not in told.stdout


def test_help_teaches(cli: Cli) -> None:
    text = cli("import", "--help").stdout
    assert "no secret is copied" in text
    assert "kubectl get" in text
