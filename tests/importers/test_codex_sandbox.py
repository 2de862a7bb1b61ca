"""The sandbox of Codex: the older settings come before profiles of permissions, and these take over each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from importer_contract import written

from simkit.importers.agent.agent_settings import settings
from simkit.importers.agent.codex_sandbox import FULL_ACCESS, READ_ONLY, WORKSPACE, codex_sandbox
from simkit.importers.assembly import files_of
from simkit.importers.draft import Draft

OWN = 'default_permissions = "own"\n'


@pytest.mark.parametrize(
    ("text", "mode", "asks", "online"),
    [
        ('default_permissions = ":danger-full-access"\napproval_policy = "never"', FULL_ACCESS, "never", True),
        ('default_permissions = ":read-only"', READ_ONLY, "", False),
        ('default_permissions = ":workspace"', WORKSPACE, "", False),
        ('sandbox_mode = "read-only"\ndefault_permissions = ":danger-full-access"', READ_ONLY, "", False),
        (OWN + "[permissions.own.network]\nenabled = true", WORKSPACE, "", True),
        (OWN + '[permissions.own.filesystem]\n":root" = "read"', WORKSPACE, "", False),
        (OWN + '[permissions.own.filesystem]\n":root" = "write"', FULL_ACCESS, "", False),
        (OWN + '[permissions.own]\nextends = ":read-only"', READ_ONLY, "", False),
        (OWN + '[permissions.own]\nextends = "base"\n[permissions.base.network]\nenabled = true', WORKSPACE, "", True),
        (OWN + '[permissions.own]\nextends = "own"', WORKSPACE, "", False),
        ('profile = "ci"\n[profiles.ci]\nsandbox_mode = "danger-full-access"', FULL_ACCESS, "", False),
        ('approval_policy = "never"\n[profiles.ci]\nsandbox_mode = "danger-full-access"', "", "never", False),
        ('profile = "a"\n[profiles.a]\napproval_policy = "untrusted"', "", "untrusted", False),
    ],
)  # fmt: skip
def test_what_holds_commands(tmp_path: Path, text: str, mode: str, asks: str, online: bool) -> None:
    folder = written(tmp_path, {".codex/config.toml": text})
    found = codex_sandbox(settings(files_of("agent", [str(folder)]), Draft("agent")))
    assert (found.mode, found.asks, found.online) == (mode, asks, online)
    assert found.mode_place.file.endswith("config.toml")
