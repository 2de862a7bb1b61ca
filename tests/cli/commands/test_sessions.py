"""`simkit sessions` lists the systems of the session catalogue, and shows one in full."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
from click.shell_completion import ShellComplete

from simkit.cli.commands import simkit
from simkit.session_catalogue import EVENTS, session_behaviours

Cli = Callable[..., click.testing.Result]


def test_every_system_is_listed_with_its_version_and_date(cli: Cli) -> None:
    result = cli("sessions", "--format", "markdown")
    assert result.exit_code == 0
    for name, one in session_behaviours().items():
        version = f" {one.version} |" if one.is_measured else ""
        assert f"| {name} |{version} {one.date} | {one.ttl_kind} |" in result.stdout
    assert "its next operation goes on in 7 of the 9 systems that know expiry" in result.stdout


def test_one_system_is_shown_with_its_exceptions_and_what_was_seen(cli: Cli) -> None:
    result = cli("sessions", "postgresql-15", "--format", "markdown")
    assert result.exit_code == 0
    assert "PostgreSQL 15.20, measured 2026-11" in result.stdout
    assert "the session did SET ROLE before" in result.stdout
    assert "openssh" not in result.stdout


def test_as_json_each_event_has_its_words(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "sessions.json"
    assert cli("sessions", "nats-2.9", "--out", str(out)).exit_code == 0
    (one,) = json.loads(out.read_text("utf-8"))["result"]["systems"].values()
    assert set(EVENTS) < one.keys()
    assert (one["on_delete"]["operation"], one["on_disable"]["operation"]) == ("ends", None)


def test_an_unknown_system_ends_with_2_and_names_the_nearest(cli: Cli) -> None:
    result = cli("sessions", "postgres-15")
    assert result.exit_code == 2
    assert result.stderr == "error: the session catalogue has no system 'postgres-15': did you mean postgresql-15?\n"


def test_names_complete() -> None:
    complete = ShellComplete(simkit, {}, "simkit", "_SIMKIT_COMPLETE")
    assert [item.value for item in complete.get_completions(["sessions"], "ng")] == ["nginx-1.22-mtls"]
