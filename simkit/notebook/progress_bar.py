"""A bar in the notebook while simkit works, and nothing afterwards."""

from __future__ import annotations

import html
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from simkit.notebook.frontend import watched
from simkit.progress import listening
from simkit.table import duration, printable

PATIENCE = 0.7
"""Seconds before work counts as long and the bar is shown."""
PAUSE = 0.2
"""Seconds between two changes of the bar at least."""


@contextmanager
def progress(what: str = "") -> Iterator[None]:
    """Shows how far the work in the block has come, from when it takes long; `what` says what it is.

    The block is for one call that takes long (`simulate`, `compare`, `rank`, `recommend`, `ablate`, `sweep`, `study`),
    or for a loop of your own: `for lag in simkit.progress.steps(lags)` makes each round an equal part of it. Nothing
    is shown where nobody looks (nbconvert, nbclient, CI, a script).

    >>> with progress("ranking"):
    ...     pass
    """
    if not watched():
        yield
        return
    bar = _Bar(what)
    try:
        with listening(bar.move):
            yield
    finally:
        bar.wipe()


@dataclass(slots=True)
class _Bar:
    what: str
    started: float = field(default_factory=time.monotonic)
    moved: float = 0.0
    handle: Any = None

    def move(self, share: float) -> None:
        """Show that `share` is done, unless that was shown just now."""
        now = time.monotonic()
        if now - self.started < PATIENCE or now - self.moved < PAUSE:
            return
        self.moved = now
        self._show(self._html(share, now - self.started), f"{int(100 * share)} %")

    def wipe(self) -> None:
        """Take the bar away."""
        if self.handle is not None:
            self._show("", "")

    def _html(self, share: float, seconds: float) -> str:
        words = f"{printable(self.what)} {int(100 * share)} %, {duration(float(int(seconds)))}"
        return f'<progress max="1" value="{share:.3f}"></progress> {html.escape(words)}'

    def _show(self, rich: str, plain: str) -> None:
        from IPython.display import display

        bundle = {"text/html": rich, "text/plain": plain}
        if self.handle is None:
            self.handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self.handle.update(bundle, raw=True)
