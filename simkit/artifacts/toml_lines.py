"""TOML settings, one key changed: the other lines stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simkit.errors import InputError


def with_key(text: str, table: Sequence[str], key: str, value: str) -> str:
    """`text` with `key = value` in the table that `table` names, in place of the line that says it now.

    Raises InputError for a table that has no line of its own, or a value that goes on over several.

    >>> print(with_key('[mcp_servers.git]\\ncommand = "git-mcp"\\n', ("mcp_servers", "git"), "enabled", "false"))
    [mcp_servers.git]
    enabled = false
    command = "git-mcp"
    <BLANKLINE>
    """
    lines = text.splitlines(keepends=True)
    wanted = r"\s*\.\s*".join(f"(?:{re.escape(part)}|\"{re.escape(part)}\"|'{re.escape(part)}')" for part in table)
    header = re.compile(rf"\s*\[\s*{wanted}\s*\]\s*(#.*)?$")
    start = next((number for number, line in enumerate(lines) if header.match(line)), None)
    if start is None:
        raise InputError(f"no line [{'.'.join(table)}] is there to put {key} under: write it by hand")
    end = next((n for n in range(start + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    said = re.compile(rf"\s*{re.escape(key)}\s*=")
    place = next((n for n in range(start + 1, end) if said.match(lines[n])), None)
    if place is None:
        head = lines[start] if lines[start].endswith("\n") else f"{lines[start]}\n"
        return "".join([*lines[:start], head, f"{key} = {value}\n", *lines[start + 1 :]])
    if lines[place].count("[") != lines[place].count("]"):
        raise InputError(f"{key} in [{'.'.join(table)}] goes on over several lines: write it by hand")
    return "".join([*lines[:place], f"{key} = {value}\n", *lines[place + 1 :]])
