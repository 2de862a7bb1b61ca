"""Calls as runs: those of one identity in one thread, without a long pause between."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simkit.importers.recordings.recorded import Recording, SeenCall
from simkit.model.tasks import RAN


@dataclass(frozen=True, slots=True)
class SeenRun:
    """One piece of work of one actor (empty: nobody knows whose)."""

    actor: str
    thread: str
    source: str
    calls: tuple[SeenCall, ...]
    blind: tuple[str, ...]

    @property
    def used(self) -> tuple[str, ...]:
        """The operations that were carried out, by their full names, each once."""
        return tuple(sorted({call.full_name for call in self.calls if call.outcome in RAN}))

    @property
    def lasted(self) -> float:
        """Seconds from the first call to the last."""
        times = [call.time for call in self.calls if call.time is not None]
        return max(times) - min(times) if times else 0.0


def seen_runs(recording: Recording) -> Iterator[SeenRun]:
    """The runs in `recording`, in the order of their first calls; those without a call last."""
    mine: dict[tuple[str, str], list[SeenCall]] = {key: [] for key in recording.threads}
    for call in recording.calls:
        mine[call.actor, call.thread].append(call)
    found = [
        SeenRun(actor, thread, _source(recording, actor, thread, calls), tuple(calls), _blind(recording, actor, thread))
        for (actor, thread), all_calls in mine.items()
        for calls in _apart(all_calls, recording.pause)
    ]
    yield from sorted(found, key=lambda run: (not run.calls, run.calls[0].time or 0.0 if run.calls else 0.0))


def _source(recording: Recording, actor: str, thread: str, calls: list[SeenCall]) -> str:
    """The file of the first call, or the one in which the run begins."""
    path = calls[0].path if calls else recording.paths.get((actor, thread), "")
    return os.path.basename(path) or recording.source


def _blind(recording: Recording, actor: str, thread: str) -> tuple[str, ...]:
    keys = ((actor, thread), (actor, ""), ("", ""))
    return tuple(dict.fromkeys(glob for key in keys for glob in recording.blind.get(key, ())))


def _apart(calls: Iterable[SeenCall], pause: float) -> Iterator[list[SeenCall]]:
    """`calls` in time order, cut where nothing happened for longer than `pause` seconds."""
    kept: list[SeenCall] = []
    last = 0.0
    for call in sorted(calls, key=lambda each: each.time or 0.0):
        now = call.time or last
        if kept and pause and now - last > pause:
            yield kept
            kept = []
        kept.append(call)
        last = max(last, now)
    if kept or not pause:
        yield kept
