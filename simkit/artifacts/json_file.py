"""JSON settings, changed where they change and nowhere else: comments, order and spelling stay."""

from __future__ import annotations

import json
from typing import Any

from simkit.importers.source_file import plain_json
from simkit.patch import Rewriting, YamlText


def changed_json(text: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    """`text`, which says `before`, so that it says `after`; a new file, laid out in lines, where `text` is empty.

    >>> changed_json('{"a": [1], // kept\\n "b": 2}', {"a": [1], "b": 2}, {"a": [1, 3], "b": 2})
    '{"a": [1, 3], // kept\\n "b": 2}'
    """
    if not text.strip():
        return json.dumps(after, indent=2, ensure_ascii=False) + "\n"
    # every character keeps its place, so edits of the plain text are edits of the other; a tab is none in YAML
    plain = YamlText.of(plain_json(text).replace("\t", " "))
    edits = list(Rewriting(plain, as_json=True).of(plain.root, before, after))
    return YamlText(text, plain.root).edited(edits)
