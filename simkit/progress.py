"""How far long work has come, and what came up in it, told to whoever listens; nothing is shown here, and nobody need
listen.

>>> heard = []
>>> with listening(heard.append):
...     for _ in steps(["rbac", "jit"]):
...         for _ in steps(range(2)):
...             pass
>>> heard
[0.25, 0.5, 0.75, 1.0]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Listener = Callable[[float], None]
"""Is called with the share of the work that is done, above 0 and up to 1, each time larger than before."""


@dataclass(slots=True)
class _Ear:
    """A listener, and the largest share that it was told; deaf once its block is left."""

    listener: Listener
    told: float = 0.0
    open: bool = True

    def tell(self, share: float) -> None:
        if self.open and share > self.told:
            self.told = share
            self.listener(share)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The part of the whole work, from `low` to `high`, that is done now."""

    ear: _Ear
    low: float = 0.0
    high: float = 1.0

    def part(self, low: float, high: float) -> _Stretch:
        width = self.high - self.low
        return _Stretch(self.ear, self.low + low * width, self.low + high * width)


_now: ContextVar[_Stretch | None] = ContextVar("simkit.progress", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """While in the block, `listener` hears how far the work of this thread has come: several calls are one work."""
    before, ear = _now.get(), _Ear(listener)
    _now.set(_Stretch(ear))
    try:
        yield
    finally:
        ear.open = False
        _now.set(before)


def steps(items: Iterable[T], total: int | None = None) -> Iterator[T]:
    """`items`, one after another, each an equal part of the work; what goes on while one is out is part of its part.

    `total` is how many there are, where `items` do not know.
    """
    whole = _now.get()
    count = total if total is not None else len(items) if isinstance(items, Sized) else 0
    if whole is None or count <= 0:
        yield from items
        return
    try:
        for done, item in enumerate(items):
            _now.set(whole.part(min(done / count, 1.0), min((done + 1) / count, 1.0)))
            yield item
            whole.ear.tell(whole.part(0.0, min((done + 1) / count, 1.0)).high)
    finally:
        _now.set(whole)


@contextmanager
def stretch(low: float, high: float) -> Iterator[None]:
    """What goes on in the block is the part from `low` to `high` (0 to 1) of the work."""
    whole = _now.get()
    if whole is None:
        yield
        return
    _now.set(whole.part(low, high))
    try:
        yield
        whole.ear.tell(whole.part(low, high).high)
    finally:
        _now.set(whole)


_waits: list[str] = []
_remarks: list[str] = []


@contextmanager
def waiting_for(text: str) -> Iterator[None]:
    """While in the block, `text` is what this process waits for, in whatever thread the work goes on."""
    _waits.append(text)
    try:
        yield
    finally:
        _waits.remove(text)


def awaited() -> str:
    """What this process waits for now, where that takes long and is not what was asked for; else empty."""
    return _waits[-1] if _waits else ""


def remark(text: str) -> None:
    """Keeps `text`, something worth knowing that is no result, for whoever asks for `remarks`; once."""
    if text not in _remarks:
        _remarks.append(text)


def remarks() -> list[str]:
    """What was remarked since this was last asked."""
    found = _remarks.copy()
    _remarks.clear()
    return found
