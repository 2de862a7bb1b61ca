"""What well-known programs can do when they are started with any arguments: more than their names say.

Source: their manual pages (options that run a command, load code, write a file or open a connection); our reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CODE, NETWORK, READS, WRITES = "code", "network", "reads", "writes"
"""Runs any code; sends and fetches; reads any file; writes any file."""
_RUNS = (
    "ant apt awk bash brew bun bundle cargo cmake composer conda deno docker dotnet env find gem go gradle gulp java"
)
_RUNS += " jest just kubectl lua make mvn ninja node nohup npm npx perl php pip pip3 pipx pnpm poetry podman pre-commit"
_RUNS += (
    " pytest python python3 rake rg ruby rustc sh ssh sudo swift tar task terraform time timeout tox tsc tsx uv uvx"
)
_RUNS += " vim vitest watch xargs yarn zsh sed git"
_NETS = "curl gh glab ftp host dig nslookup nc ping rsync scp sftp telnet wget aws az gcloud"
_READS = "bat cat cut diff egrep fgrep file grep head jq less ls more nl od sort stat strings tail tree uniq wc xxd yq"
_WRITES = "chmod chown cp ln mkdir mv patch rm rmdir tee touch truncate unzip zip"
_NOTHING = "basename cd date dirname echo false id printf pwd sleep true uname which whoami"
POWERS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_RUNS.split(), frozenset({CODE})),
    **dict.fromkeys(_NETS.split(), frozenset({NETWORK, READS, WRITES})),
    **dict.fromkeys(_READS.split(), frozenset({READS})),
    **dict.fromkeys(_WRITES.split(), frozenset({READS, WRITES})),
    **dict.fromkeys(_NOTHING.split(), frozenset()),
}
"""By program. `git` runs what its configuration and `-c` name, `find` what follows `-exec`, `sed` and `awk` what their
scripts say, `rg` what follows `--pre`, `tar` what follows `--to-command`, and a test runner the code of the tests."""
NARROW = {
    "git": ("status", "diff", "log", "show", "branch", "add", "commit", "rev-parse", "blame"),
    "npm": ("ls", "view", "outdated"),
    "kubectl": ("get", "describe", "logs"),
    "docker": ("ps", "images", "logs"),
    "terraform": ("validate", "fmt"),
}
"""Subcommands that run nothing of the user's by themselves; with a rule for one of them the program only reads and
writes files."""


_SUBCOMMANDS = frozenset(
    [
        "bun",
        "cargo",
        "deno",
        "docker",
        "dotnet",
        "gh",
        "git",
        "glab",
        "go",
        "just",
        "kubectl",
        "make",
        "npm",
        "pip",
        "pnpm",
        "poetry",
        "terraform",
        "uv",
        "yarn",
    ]
)
_WORD = re.compile(r"[a-z][a-z:.-]{0,19}")


def label(command: str) -> str:
    """A rule's command as far as it can hold no secret: its program, and the subcommand of a well-known one.

    >>> label("gh api *"), label("curl -H 'Authorization: x' *"), label("./deploy.sh hunter2")
    ('gh api', 'curl', 'a program')
    """
    words = command.split()
    program = words[0].rsplit("/", 1)[-1] if words else ""
    if program not in POWERS:
        return "a program"
    more = len(words) > 1 and program in _SUBCOMMANDS and _WORD.fullmatch(words[1])
    return f"{program} {words[1]}" if more else program


def powers(command: str) -> frozenset[str]:
    """What a rule that begins with `command` allows to do; a program that is not known may do all.

    >>> sorted(powers("find . *")), sorted(powers("git diff *")), sorted(powers("gh api *"))
    (['code'], ['reads', 'writes'], ['network', 'reads', 'writes'])
    """
    words = command.split()
    program = words[0].rsplit("/", 1)[-1] if words else ""
    if len(words) > 1 and words[1] in NARROW.get(program, ()):
        return frozenset({READS, WRITES})
    return POWERS.get(program, frozenset({CODE}))
