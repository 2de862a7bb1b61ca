"""What is written grows as what is read, and no faster, and is what was checked; how long it takes is a benchmark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from generated_account import generated_account
from generated_cluster import generated_cluster

from simkit import ScenarioError
from simkit.importers import Imported, import_files
from simkit.scenario.parser import read_yaml


def test_what_is_written_grows_as_what_is_read(tmp_path: Path) -> None:
    sizes = []
    for accounts in (400, 800):
        (tmp_path / "cluster.yaml").write_text(generated_cluster(accounts), "utf-8")
        sizes.append(len(import_files([tmp_path / "cluster.yaml"])[0].text()))
    assert sizes[1] < 2.2 * sizes[0]


def test_what_is_written_of_an_account_grows_as_the_account(tmp_path: Path) -> None:
    """Whoever may change all of them is told to change itself, which leads to the rest."""
    sizes = []
    for principals in (600, 1200):
        (tmp_path / "account.json").write_text(generated_account(principals), "utf-8")
        sizes.append(len(import_files([tmp_path / "account.json"])[0].text()))
    assert sizes[1] < 3 * sizes[0]


def test_of_a_generated_account_and_cluster_what_is_checked_is_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(generated_account(150), "utf-8")
    (tmp_path / "cluster.yaml").write_text(generated_cluster(40), "utf-8")
    for made in import_files([tmp_path]):
        assert read_yaml(made.text(), "part").value == json.loads(json.dumps(made.values()))


@pytest.mark.parametrize("longest", [1_000, 1_100])
def test_a_name_is_checked_as_yaml_reads_it(longest: int) -> None:
    """A key of YAML has 1,024 characters at most, one of JSON any number."""
    name = "a" * longest
    made = Imported("aws", {"identities": {name: {"kind": "human"}}, "entry_points": {"start": {"compromise": name}}})
    for check in (made.check, made.scenario):
        if longest < 1_024:
            check()
        else:
            with pytest.raises(ScenarioError, match=r"aws.yaml:\d+"):
                check()
