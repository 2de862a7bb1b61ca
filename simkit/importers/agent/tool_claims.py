"""What an MCP server says that its tools do, and what their schemas show: a hint is a claim.

The defaults of the specification (schema 2025-06-18, ToolAnnotations): without a hint a tool changes, destroys and
reaches out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.importers.file_place import FilePlace

_TARGETS = frozenset(
    [
        "destination",
        "downloadpath",
        "exporttarget",
        "filename",
        "localpath",
        "output",
        "outputdir",
        "outputdirpath",
        "outputfile",
        "outputpath",
        "savedfilepath",
        "savepath",
        "saveto",
        "screenshotpath",
    ]
)
"""Parameters that name a file to be written, in lower case and without dashes."""
_CHANGES = frozenset(
    [
        "add",
        "append",
        "clear",
        "create",
        "delete",
        "insert",
        "patch",
        "put",
        "remove",
        "replace",
        "set",
        "update",
        "write",
    ]
)
_COMMANDS = frozenset(["bash", "cmd", "command", "commandline", "shell"])
_PROGRAMS = frozenset(["code", "expression", "function", "javascript", "pipeline", "script", "sql"])
_ENVIRONMENT = re.compile(r"(^|[-_])(env|environ|environment)($|[-_])", re.IGNORECASE)
_MORE_TOOLS = re.compile(r"(discover|load|enable|activate|list)[-_]?tool", re.IGNORECASE)


_HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")
SCHEMA = "inputSchema"


def in_either_spelling(given: Mapping[str, Any], word: str) -> Any:
    """What stands in `given` under a word of the wire, or under the name of the field in version 2 of the Python SDK
    (mcp 2.3.0: `input_schema`, `read_only_hint`), which it prints unless it is asked for aliases; None if neither."""
    return given.get(word, given.get(python_name(word)))


def python_name(word: str) -> str:
    """`word` of the wire as Python names it: `input_schema` for `inputSchema`."""
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", word)


@dataclass(frozen=True, slots=True)
class ToolClaim:
    """One tool: the effect that it is taken to have, whether outsiders' words and ways out are in it, and why.

    `raised` says what made the effect stronger than the hints; `hinted` is true if there was any hint.
    """

    name: str
    effect: str
    is_open: bool
    hinted: bool
    raised: tuple[str, ...] = ()
    tells_environment: bool = False
    adds_tools: bool = False
    place: FilePlace | None = None
    """Where a saved list names it."""


def claim(tool: Mapping[str, Any], place: FilePlace | None = None) -> ToolClaim:
    """What to take a tool of a `tools/list` answer for."""
    name = str(tool.get("name"))
    said = tool.get("annotations")
    hints: Mapping[str, Any] = said if isinstance(said, dict) else {}
    flags = {hint: value for hint in _HINTS if isinstance(value := in_either_spelling(hints, hint), bool)}
    effect = "read" if flags.get("readOnlyHint") else "delete" if flags.get("destructiveHint", True) else "write"
    raised = []
    for why, stronger in _shown(in_either_spelling(tool, SCHEMA)):
        if ("read", "write", "delete", "execute").index(stronger) > ("read", "write", "delete", "execute").index(
            effect
        ):
            effect = stronger
            raised.append(why)
    return ToolClaim(
        name,
        effect,
        flags.get("openWorldHint", True),
        bool(flags),
        tuple(raised),
        bool(_ENVIRONMENT.search(name)),
        bool(_MORE_TOOLS.search(name)),
        place,
    )


def _shown(schema: Any) -> Iterator[tuple[str, str]]:
    """What the parameters show: why, and the effect that they have at least."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    for name, what in properties.items() if isinstance(properties, dict) else ():
        plain = str(name).lower().replace("_", "").replace("-", "")
        choices = what.get("enum") if isinstance(what, dict) else None
        if plain in _COMMANDS:
            yield f"its parameter {name} is a command", "execute"
        elif plain in _TARGETS:
            yield f"its parameter {name} names a file to write", "write"
        elif plain in _PROGRAMS:
            yield f"its parameter {name} is a program", "write"
        if isinstance(choices, list) and _CHANGES & {str(each).lower() for each in choices}:
            yield f"its parameter {name} chooses a change", "write"


def unlisted(name: str) -> ToolClaim:
    """A tool of which only the name is known: as the specification takes one without hints."""
    return ToolClaim(name, "delete", True, False)
