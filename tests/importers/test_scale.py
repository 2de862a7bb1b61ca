"""What is written grows as what is read, and no faster; how long it takes is a benchmark."""

from __future__ import annotations

from pathlib import Path

from generated_account import generated_account
from generated_cluster import generated_cluster

from simkit.importers import import_files


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
