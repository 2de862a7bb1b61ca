"""How kernels are compiled, and where they are kept.

A `kernel` is what Python calls: numba keeps it on disk, so that a new process loads it in milliseconds. A `part` is
what kernels are made of. numba itself notices a change only in the file of the kernel, not in those of its parts:
kernels are therefore kept in a folder whose name is a digest of every source that they may be made of, and a kernel
of other sources is never loaded. All are serial and release the interpreter lock: callers run blocks in threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from simkit.engines.span import element

SETTINGS: Any = numba.config

HERE = Path(__file__).parent
SOURCES = (*sorted(HERE.glob("*.py")), HERE.parent / "fate.py", HERE.parent / "distributions.py")


def part(function: Callable[..., Any]) -> Any:
    """`function`, compiled into the kernels that call it."""
    return numba.njit(nogil=True, forceinline=True)(function)


def call(function: Callable[..., Any]) -> Any:
    """`function`, compiled once and called: for what is rare, to keep the kernels small."""
    return numba.njit(nogil=True, forceinline=False)(function)


def text(function: Callable[..., Any]) -> Any:
    """`function`, put into its callers as if written there: the compiler turns their loops into vector code."""
    return numba.njit(nogil=True, inline="always")(function)


def kernel(function: Callable[..., Any]) -> Any:
    """`function`, compiled at its first call and kept on disk."""
    compiled = numba.njit(nogil=True)(function)
    before = SETTINGS.CACHE_DIR
    SETTINGS.CACHE_DIR = kept_in() or before
    try:
        compiled.enable_caching()
    finally:
        SETTINGS.CACHE_DIR = before
    return compiled


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


def _prefetch(typing_context: Any, span: Any, index: Any) -> Any:
    """Asks the processor to fetch the cache line of element `index` of a span: a graph is walked in an
    order that no processor guesses, but a queue knows what comes next. It changes no result."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        call = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        line = builder.bitcast(element(context, builder, (span, index), *arguments), byte)
        builder.call(call, [line, number(0), number(3), number(1)])  # to read, to be kept, data
        return context.get_dummy_value()

    return types.void(span, index), generate


prefetch: Any = intrinsic(_prefetch)
"""`prefetch(span, index)`, in a kernel."""


def _wide(typing_context: Any) -> Any:
    """Lets the compiler use the widest vectors of the processor in the function that calls this. By itself it stays
    with half of them, since old processors slowed down for the widest."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # llvmlite names the attributes of a function that it knows; this one has a value, and passes as text
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), generate


wide: Any = intrinsic(_wide)
"""`wide()`, in a kernel or in a `call`."""


def _bit_from(count: str) -> Callable[..., Any]:
    """An intrinsic that counts zeros of a word with the processor's own instruction."""

    def declared(typing_context: Any, word: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return getattr(builder, count)(arguments[0], ir.Constant(ir.IntType(1), 1))

        return types.int64(types.uint64), generate

    return declared


lowest: Any = intrinsic(_bit_from("cttz"))
"""`lowest(word)`, in a kernel: the place of the lowest bit of a uint64 that is not zero."""
_zeros_above: Any = intrinsic(_bit_from("ctlz"))


@part
def highest(word):  # type: ignore[no-untyped-def]
    """The place of the highest bit of a uint64 that is not zero."""
    return 63 - _zeros_above(word)
