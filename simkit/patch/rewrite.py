"""From what a scenario said and what it says to edits of the text in between: only what differs is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from simkit.patch.yaml_text import CannotEditError, Edit, YamlText, is_block, is_mapping, is_sequence

ALSO = {"targets": "target"}
"""What the format takes for a key of its own."""
WIDEST = 100
"""What is longer is laid out in lines."""


@dataclass(frozen=True)
class Rewriting:
    """The edits of one file. With `as_json` what is new is written as JSON."""

    source: YamlText
    as_json: bool = False

    def of(self, node: Any, before: Any, after: Any) -> Iterator[Edit]:
        """What makes `node`, which says `before`, say `after`. Raises CannotEditError."""
        if before == after:
            return
        if isinstance(before, dict) and isinstance(after, dict) and is_mapping(node):
            yield from self._mapping(node, before, after)
        elif isinstance(before, list) and isinstance(after, list) and _is_like(node, before):
            yield from self._list(node, before, after)
        else:
            yield self._instead(node, after)

    def _instead(self, node: Any, value: Any) -> Edit:
        """`value` in place of `node`: behind its key where `node` has lines of its own, for a list may begin where its
        key does, and brackets there are no YAML."""
        start, end = self.source.start(node), self.source.end(node)
        if not is_block(node):
            return Edit(start, end, self.written(value))
        above = self.source.text[:start].rstrip()
        if above.endswith(":"):
            return Edit(len(above), end, f" {self.written(value)}")
        alone = not self.source.text[self.source.line_start(start) : start].strip()  # a comment stands between
        return Edit(start, end, f"{'  ' if alone else ''}{self.written(value)}")

    def written(self, value: Any) -> str:
        """`value` on one line."""
        if self.as_json:
            return json.dumps(value, ensure_ascii=False)
        from simkit.scenario.dumper import flow

        return flow(value)

    def _mapping(self, node: Any, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Edit]:
        here = {key.value: (key, value) for key, value in node.value}
        names = {key: key if key in here else ALSO.get(key, key) for key in {**before, **after}}
        gone = [key for key in before if key not in after and names[key] in here]
        if len(gone) == len(here) and is_block(node):
            yield self._instead(node, after)
            return
        yield from self._without(node, [here[names[key]] for key in gone])
        for key, said in after.items():
            if names[key] in here:  # what stands there may be the default, which goes without saying
                yield from self.of(here[names[key]][1], before.get(key), said)
        new = {key: after[key] for key in after if before.get(key) != after[key] and names[key] not in here}
        yield from self.added(node, new, list(after))

    def _without(self, node: Any, pairs: Sequence[tuple[Any, Any]]) -> Iterator[Edit]:
        if not node.flow_style:
            for key, value in pairs:
                yield Edit(*self.source.own_lines(self.source.start(key), self.source.end(value)), "")
            return
        spans = [(self.source.start(key), self.source.end(value)) for key, value in node.value]
        yield from _taken_out(spans, [self.source.start(key) for key, _ in pairs])

    def added(self, node: Any, new: Mapping[str, Any], order: Sequence[str]) -> Iterator[Edit]:
        """The keys of `new` in the mapping `node`, each behind the one that is before it in `order`. Raises
        CannotEditError."""
        if not new:
            return
        if not is_block(node):
            yield self._inside(node, [f"{self.written(key)}: {self.written(value)}" for key, value in new.items()])
            return
        ends = {key.value: self.source.end(value) for key, value in node.value}
        column = node.value[0][0].start_mark.column
        lines: dict[int, list[str]] = {}
        for key, value in new.items():
            before = [ends[each] for each in order[: order.index(key)] if each in ends]
            end = before[-1] if before else self.source.end(node)
            lines.setdefault(self.source.line_end(end), []).extend(self._lines(key, value, " " * column))
        for end, written in lines.items():
            yield self._at_line(end, written)

    def _lines(self, key: str, value: Any, indent: str) -> Iterator[str]:
        """`key: value` on one line, or on several where it is long and has parts."""
        one = f"{indent}{self.written(key)}: {self.written(value)}"
        if len(one) <= WIDEST or not isinstance(value, dict | list):
            yield one
            return
        yield f"{indent}{self.written(key)}:"
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from self._lines(name, inner, f"{indent}  ")
        else:
            yield from (f"{indent}  - {self.written(each)}" for each in value)

    def _list(self, node: Any, before: list[Any], after: list[Any]) -> Iterator[Edit]:
        if not after and is_block(node):
            yield self._instead(node, after)
            return
        keys = (
            [json.dumps(each, sort_keys=True) for each in before],
            [json.dumps(each, sort_keys=True) for each in after],
        )
        gone: list[int] = []
        for change, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
            if change == "equal":
                continue
            paired = min(b - a, d - c)
            for place in range(paired):
                yield from self.of(node.value[a + place], before[a + place], after[c + place])
            gone += range(a + paired, b)
            if d - c > paired:
                yield self._items_after(node, a + paired, after[c + paired : d])
        yield from self._items_gone(node, gone)

    def _items_gone(self, node: Any, gone: Sequence[int]) -> Iterator[Edit]:
        if is_block(node):
            for place in gone:
                item = node.value[place]
                yield Edit(*self.source.own_lines(self._dash(item), self.source.end(item)), "")
            return
        spans = [(self.source.start(item), self.source.end(item)) for item in node.value]
        yield from _taken_out(spans, [spans[place][0] for place in gone])

    def _items_after(self, node: Any, place: int, items: Sequence[Any]) -> Edit:
        """Before the item at `place`, which is behind the one before it."""
        written = list(map(self.written, items))
        if is_block(node):
            dash = self._dash(node.value[0])
            indent = dash - self.source.line_start(dash)
            lines = [f"{' ' * indent}- {each}" for each in written]
            if place:
                return self._at_line(self.source.line_end(self.source.end(node.value[place - 1])), lines)
            start = self.source.line_start(dash)
            return Edit(start, start, "".join(f"{line}\n" for line in lines))
        if place == 0 and node.value:
            start = self.source.start(node.value[0])
            return Edit(start, start, "".join(f"{each}, " for each in written))
        if place == len(node.value) or not node.value:
            return self._inside(node, written)
        end = self.source.end(node.value[place - 1])
        return Edit(end, end, "".join(f", {each}" for each in written))

    def _inside(self, node: Any, written: Sequence[str]) -> Edit:
        """Behind the last part of what stands in brackets."""
        if not node.value:
            inside = self.source.start(node) + 1
            return Edit(inside, inside, ", ".join(written))
        last = node.value[-1]
        start, end = (self.source.start(last[0]), self.source.end(last[1])) if is_mapping(node) else self._span(last)
        margin = self.source.text[self.source.line_start(start) : start]
        between = ", " if margin.strip() else f",\n{margin}"  # parts that have lines of their own go on having them
        return Edit(end, end, "".join(f"{between}{each}" for each in written))

    def _span(self, node: Any) -> tuple[int, int]:
        return self.source.start(node), self.source.end(node)

    def _at_line(self, end: int, lines: Sequence[str]) -> Edit:
        """Lines behind the line that ends at `end`."""
        first = "" if self.source.text[:end].endswith("\n") else "\n"
        return Edit(end, end, first + "".join(f"{line}\n" for line in lines))

    def _dash(self, item: Any) -> int:
        """Where the dash before a list's item stands. Raises CannotEditError where it is not the first on its line."""
        start = self.source.start(item)
        dash = self.source.text.rfind("-", 0, start)
        line = self.source.line_start(dash)
        if dash < 0 or self.source.text[dash + 1 : start].strip() or self.source.text[line:dash].strip():
            raise CannotEditError("a list begins on the line of another thing")
        return dash


def _is_like(node: Any, before: Sequence[Any]) -> bool:
    return is_sequence(node) and len(node.value) == len(before)


def _taken_out(spans: Sequence[tuple[int, int]], gone: Sequence[int]) -> Iterator[Edit]:
    """Parts in brackets that go, each with one comma; `gone` are where they start."""
    kept = [place for place, span in enumerate(spans) if span[0] not in gone]
    runs: list[list[int]] = []
    for place in (place for place, span in enumerate(spans) if span[0] in gone):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    for first, last in ((run[0], run[-1]) for run in runs):
        if not kept:
            yield Edit(spans[first][0], spans[last][1], "")
        elif last + 1 < len(spans):
            yield Edit(spans[first][0], spans[last + 1][0], "")
        else:
            yield Edit(spans[first - 1][1], spans[last][1], "")
