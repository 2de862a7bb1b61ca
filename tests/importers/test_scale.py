"""How large a cluster may be: ten thousand service accounts in ten seconds and less than a gigabyte."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest
from generated_account import generated_account

from simkit.importers import import_files

ACCOUNTS, SPACES = 10_000, 200
ACCOUNT = """\
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: app{number}, namespace: team{space}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: app{number}, namespace: team{space}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}}
subjects: [{{kind: ServiceAccount, name: app{number}, namespace: team{space}}}]
"""


def cluster(accounts: int) -> str:
    return "".join(ACCOUNT.format(number=each, space=each % SPACES) for each in range(accounts))


@pytest.mark.slow
def test_ten_thousand_accounts_in_ten_seconds_of_the_processor_and_a_gigabyte(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(cluster(ACCOUNTS), "utf-8")
    start = time.process_time()
    (made,) = import_files([tmp_path / "cluster.yaml"])
    text = made.text()
    assert time.process_time() - start < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1 << 20, "in KiB"
    assert text.count("in team7") > 0
    assert len(made.sections["identities"]) == ACCOUNTS + SPACES


def test_what_is_written_grows_as_what_is_read(tmp_path: Path) -> None:
    sizes = []
    for accounts in (400, 800):
        (tmp_path / "cluster.yaml").write_text(cluster(accounts), "utf-8")
        sizes.append(len(import_files([tmp_path / "cluster.yaml"])[0].text()))
    assert sizes[1] < 2.2 * sizes[0]


@pytest.mark.slow
def test_an_account_of_ten_thousand_principals_is_read_in_half_a_minute_and_a_gigabyte(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(generated_account(10_000), "utf-8")
    start = time.process_time()
    (made,) = import_files([tmp_path / "account.json"])
    text = made.text()
    assert time.process_time() - start < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1 << 20, "in KiB"
    assert len(text) < 10_000_000
    assert len(made.sections["identities"]) > 10_000


def test_what_is_written_of_an_account_grows_as_the_account(tmp_path: Path) -> None:
    """Whoever may change all of them is told to change itself, which leads to the rest."""
    sizes = []
    for principals in (600, 1200):
        (tmp_path / "account.json").write_text(generated_account(principals), "utf-8")
        sizes.append(len(import_files([tmp_path / "account.json"])[0].text()))
    assert sizes[1] < 3 * sizes[0]
