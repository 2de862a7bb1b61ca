"""How kernels are compiled, and where they are kept.

A `kernel` is what Python calls: numba keeps it on disk, so that a new process loads it in milliseconds. A `part` is
what kernels are made of. numba itself notices a change only in the file of the kernel, not in those of its parts:
kernels are therefore kept in a folder whose name is a digest of every source that they may be made of, and a kernel
of other sources is never loaded. Where no folder can be written, as in a hardened container, a kernel is compiled in
memory, for each process anew. All are serial and release the interpreter lock: callers run blocks in threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, wraps
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numba

from simkit.progress import remark, waiting_for

SETTINGS: Any = numba.config

HERE = Path(__file__).parent
SOURCES = (*sorted(HERE.glob("*.py")), HERE.parent / "fate.py", HERE.parent / "distributions.py")


IN_MEMORY: set[str] = set()
"""The kernels that cannot be kept on disk."""
UNKEPT = (
    "no folder can be written to keep compiled engines in, so each command compiles its own, which takes up to half a "
    "minute: let NUMBA_CACHE_DIR name a folder that can be written"
)


NO_WAY_IN: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What only kernels call has no entries from Python and from C, which take a tenth of the time to compile it all. A
test that asks a part calls it in a kernel of its own: to call it from Python would crash."""


def part(function: Callable[..., Any]) -> Any:
    """`function`, compiled into the kernels that call it."""
    return numba.njit(nogil=True, forceinline=True, **NO_WAY_IN)(function)


def outlined(function: Callable[..., Any]) -> Any:
    """`function`, compiled once and called: for what is rare, to keep the kernels small."""
    return numba.njit(nogil=True, forceinline=False, **NO_WAY_IN)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """`function`, put into its callers as if written there: the compiler turns their loops into vector code."""
    return numba.njit(nogil=True, inline="always")(function)


def kernel(function: Callable[..., Any]) -> Any:
    """`function`, compiled at its first call and kept on disk."""
    compiled = numba.njit(nogil=True)(function)
    before = SETTINGS.CACHE_DIR
    SETTINGS.CACHE_DIR = kept_in() or before
    try:
        compiled.enable_caching()
    except (RuntimeError, OSError):  # numba found no folder that it can write either
        IN_MEMORY.add(function.__name__)
    finally:
        SETTINGS.CACHE_DIR = before
    return compiled


def announced(what: str, *, seconds: int) -> Callable[[Any], Any]:
    """Tells whoever waits that the kernel for `what` is compiled, which took so many `seconds` of processor time
    where it was last measured (two shared cores, November 2026)."""

    def tells(compiled: Any) -> Callable[..., Any]:
        name = compiled.py_func.__name__

        @wraps(compiled.py_func)
        def called(*arguments: Any) -> Any:
            if compiled.overloads:  # `signatures` makes a list of them, which takes longer than a short replay
                return compiled(*arguments)
            if name in IN_MEMORY:
                remark(UNKEPT)
            elif is_kept(name):
                return compiled(*arguments)
            with waiting_for(f"compiling {what}, once: about {seconds} s"):
                return compiled(*arguments)

        return called

    return tells


@cache
def digest() -> str:
    """A name for the sources of the kernels: it changes with any of them."""
    return blake2b(b"".join(path.read_bytes() for path in SOURCES), digest_size=8).hexdigest()


@cache
def kept_in() -> str:
    """The folder of the compiled kernels: beside the sources, or under NUMBA_CACHE_DIR; empty if neither can be
    written, which leaves the choice to numba (its own folder for the user)."""
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or HERE / "__pycache__") / f"kernels-{digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return ""
    return str(folder) if os.access(folder, os.W_OK) else ""


def is_kept(name: str) -> bool:
    """True if a compiled kernel called `name` lies in our folder; numba's own is not looked at."""
    return bool(kept_in()) and any(Path(kept_in()).rglob(f"*.{name}-*.nbi"))
