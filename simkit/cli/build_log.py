"""What a build server would take for a command in its log: names come from files that strangers may send."""

from __future__ import annotations

import re

_AT_THE_START = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
"""GitHub Actions, after any spaces: `::error ...::` (actions/runner, Runner.Common/ActionCommand.cs, TryParseV2)."""
_ANYWHERE = re.compile(r"#(?=#\w*\[)")
"""`##[error]` of GitHub Actions (there, TryParse) and of Azure Pipelines, whose other is `##vso[`; `##teamcity[`."""
_SPELT = {"json": r"\\u0023", "sarif": r"\\u0023", "junit": "&#35;"}
"""How `#` is written where a space would change the data."""


def harmless(text: str, written: str = "text") -> str:
    r"""`text`, on its way to a standard stream, so that no build server acts on it. `written` is its format: data says
    the same as before.

    >>> harmless("::error::x"), harmless("a ##[group] b")
    (': :error::x', 'a # #[group] b')
    >>> harmless('{"a": "##[group]"}', "json")
    '{"a": "\\u0023#[group]"}'
    """
    if written in _SPELT:
        return _ANYWHERE.sub(_SPELT[written], text)
    return _ANYWHERE.sub("# ", _AT_THE_START.sub(r"\1: ", text))
