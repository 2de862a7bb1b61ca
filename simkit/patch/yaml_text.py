"""Where the parts of a YAML text begin and end, and edits of the text between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple


class Edit(NamedTuple):
    """`text` in place of the characters from `start` to before `end`."""

    start: int
    end: int
    text: str


class CannotEditError(ValueError):
    """The text is spelt in a way that is not edited in place."""


@dataclass(frozen=True)
class YamlText:
    """The YAML in `text`, and the first node of a document in it (of PyYAML)."""

    text: str
    root: Any

    @classmethod
    def of(cls, text: str) -> YamlText:
        """The nodes of `text`, which is known to be YAML."""
        import yaml

        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return cls(text, yaml.compose(text, Loader=loader))

    @cached_property
    def shared(self) -> frozenset[int]:
        """The nodes that an alias repeats."""
        return frozenset(_repeated(self.root))

    def start(self, node: Any) -> int:
        """The first character of `node`. Raises CannotEditError for what an alias repeats."""
        if id(node) in self.shared:
            raise CannotEditError("an alias repeats it")
        return int(node.start_mark.index)

    def end(self, node: Any) -> int:
        """Behind the last character of `node`; PyYAML ends what is in block style only where the next thing begins."""
        if is_block(node):
            last = node.value[-1]
            return self.end(last[1] if is_mapping(node) else last)
        end = int(node.end_mark.index)
        if getattr(node, "style", None) in ("|", ">"):
            return self.start(node) + len(self.text[self.start(node) : end].rstrip())
        return end

    def line_start(self, position: int) -> int:
        """Where the line of `position` begins."""
        return self.text.rfind("\n", 0, position) + 1

    def line_end(self, position: int) -> int:
        """Behind the end of the line of `position`, its line break included."""
        found = self.text.find("\n", position)
        return len(self.text) if found < 0 else found + 1

    def own_lines(self, start: int, end: int) -> tuple[int, int]:
        """The whole lines from `start` to `end`. Raises CannotEditError where they hold something else, too."""
        first, last = self.line_start(start), self.line_end(end)
        rest = self.text[end:last].strip()
        if self.text[first:start].strip() or (rest and not rest.startswith("#")):
            raise CannotEditError("other things stand on its lines")
        return first, last

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with `edits`, of which no two overlap. Raises CannotEditError if two do."""
        text, least = self.text, len(self.text) + 1
        for edit in sorted(edits, key=lambda each: (each.start, each.end), reverse=True):
            if edit.end > least:
                raise CannotEditError("two changes stand in each other's way")
            text, least = text[: edit.start] + edit.text + text[edit.end :], edit.start
        return text


def _repeated(root: Any) -> Iterable[int]:
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            yield id(node)
            continue
        seen.add(id(node))
        if is_mapping(node):
            waiting += [part for pair in node.value for part in pair]
        elif is_sequence(node):
            waiting += node.value


def is_mapping(node: Any) -> bool:
    """True for a mapping, in whatever style."""
    return bool(node.id == "mapping")


def is_sequence(node: Any) -> bool:
    """True for a list, in whatever style."""
    return bool(node.id == "sequence")


def is_block(node: Any) -> bool:
    """True for a mapping or list that is laid out in lines; an empty one is not."""
    return node.id != "scalar" and not node.flow_style and bool(node.value)
