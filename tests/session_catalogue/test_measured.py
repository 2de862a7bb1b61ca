"""Each cell of the catalogue is what was measured, and where the condensed page says otherwise, it is decided here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from session_catalogue import condense

from simkit.session_catalogue import SessionBehaviour, session_behaviours

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "sessions"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the measured rows lie beside the project, not in it")

AS_CONDENSED = {
    "postgresql-15": "postgres-15.20",
    "openssh-9.2": "openssh-9.2p1",
    "redis-7.0": "redis-7.0.15",
    "nats-2.9": "nats-2.9.10",
    "mosquitto-2.0-file": "mosquitto-2.0.11-file",
    "mosquitto-2.0-dynsec": "mosquitto-2.0.11-dynsec",
    "krb5-1.20": "krb5-1.20.1",
    "openldap-2.5": "openldap-2.5.13",
    "rabbitmq-3.10": "rabbitmq-3.10.8",
    "etcd-3.4-simple": "etcd-3.4.23-simple",
    "etcd-3.4-jwt": "etcd-3.4.23-jwt",
    "mariadb-10.11": "mariadb-10.11.19",
    "nginx-1.22-mtls": "nginx-1.22.1-mtls",
    "haproxy-2.6-mtls": "haproxy-2.6.12-mtls",
    "samba-4.17": "samba-4.17.12",
    "dovecot-2.3": "dovecot-2.3.19-file",
}
EVENT = {
    "on_expiry": ("expired",),
    "on_revoke": ("rotated", "revoked"),
    "on_disable": ("disabled",),
    "on_delete": ("deleted",),
    "on_entitlement_removed": ("entitlement",),
    "on_role_removed": ("role",),
}
LOGS_IN = "a new session opens, and lacks what was taken away: the row that was denied took CONNECT away"
ROWS = "the rows say that a new session opens; it lacks what was taken away"
KEPT_ALIVE = "the use that was denied is the rule, and ttl_kind says that who holds the session extends it"
BY_DATABASE = "the cell is for a right on a whole database, as most applications have; the rest are exceptions"
DECIDED = {
    ("postgresql-15", "on_entitlement_removed", "new"): ("without the right", "denied", LOGS_IN),
    ("postgresql-15", "on_role_removed", "new"): ("without the right", "denied", LOGS_IN),
    ("openssh-9.2", "on_role_removed", "new"): ("without the right", "without the group", "one word for the same"),
    ("krb5-1.20", "on_expiry", "operation"): (
        "next-use",
        "survives (renewable until renew_till, even after endtime within clockskew)",
        KEPT_ALIVE,
    ),
    ("rabbitmq-3.10", "on_entitlement_removed", "operation"): (
        "next-use",
        "survives while busy (gaps under 1 s), else next-use",
        "every row was denied; that a busy channel goes on stands in no row and is an exception",
    ),
    ("etcd-3.4-simple", "on_expiry", "operation"): (
        "next-use",
        "survives while used (ttl is an idle ttl), else next-use",
        KEPT_ALIVE,
    ),
    ("mariadb-10.11", "on_expiry", "new"): (
        "denied",
        "login, but only SET PASSWORD",
        "a login that can read nothing is no session for an attacker; it is an exception",
    ),
    ("mariadb-10.11", "on_delete", "operation"): (
        "survives",
        "next-use at table level; survives at database and global level",
        BY_DATABASE,
    ),
    ("mariadb-10.11", "on_entitlement_removed", "operation"): (
        "survives",
        "next-use at table level; survives(USE another db) at database level; survives at global level",
        BY_DATABASE,
    ),
    ("mariadb-10.11", "on_entitlement_removed", "new"): ("without the right", "denied", ROWS),
    ("mariadb-10.11", "on_role_removed", "new"): ("without the right", "denied", ROWS),
}
"""Cells that differ: what the catalogue says, what the condensed page says, and why the catalogue says so."""


def test_the_catalogue_is_what_the_rules_make_of_the_rows() -> None:
    assert condense.CATALOGUE.read_text("utf-8") == condense.written(FOLDER / "measured.tsv")


def test_every_configuration_of_the_condensed_page_is_there() -> None:
    condensed = yaml.safe_load((FOLDER / "catalog.yaml").read_text("utf-8"))
    assert AS_CONDENSED.keys() == measured().keys()
    assert set(AS_CONDENSED.values()) == condensed.keys()


def measured() -> dict[str, SessionBehaviour]:
    return {name: one for name, one in session_behaviours().items() if one.is_measured}


def first_word(cell: object) -> str:
    """What a condensed cell says before its remarks."""
    return re.split(r" \(|[(;,]", str(cell))[0].split(" at ")[0]


def differing() -> Iterator[tuple[str, str, str, str, str]]:
    """(system, event, probe, ours, theirs) of each cell that is not the same on both sides."""
    condensed = yaml.safe_load((FOLDER / "catalog.yaml").read_text("utf-8"))
    for name, behaviour in measured().items():
        for event, reaction in behaviour.reactions():
            cells = next((found for key in EVENT[event] if (found := condensed[AS_CONDENSED[name]].get(key))), {})
            for of, key in (("operation", "o"), ("stream", "s"), ("new", "n")):
                ours, theirs = str(getattr(reaction, of) or "-"), str(cells.get(key, "-"))
                if ours != first_word(theirs):
                    yield name, event, of, ours, theirs


def test_cells_that_differ_from_the_condensed_page_are_decided() -> None:
    assert {cell[:3]: cell[3:] for cell in differing()} == {key: value[:2] for key, value in DECIDED.items()}
