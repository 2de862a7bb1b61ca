"""Single instructions of the processor that numba has no name for: each is one function of a kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from simkit.engines.compiled import part
from simkit.engines.span import element

WORDS = 8
NEWS, FULL = 1, 2
"""What `pass_on` answers, added up."""
_BIT, _BYTE, _WORD = ir.IntType(1), ir.IntType(8), ir.IntType(64)
_ROW = ir.VectorType(_WORD, WORDS)


def _pass_on(typing_context: Any, slots: Any, works: Any, row: Any, held: Any, fact: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        given = signature.args

        def line(array: int, place: Any) -> Any:
            begin = element(context, builder, (given[array], types.intp), arguments[array], place)
            return builder.bitcast(begin, _ROW.as_pointer())

        def place(number: int) -> Any:
            return builder.mul(context.cast(builder, arguments[number], given[number], types.intp), _WORD(WORDS))

        here = line(3, place(4))
        asked, able = builder.load(line(0, _WORD(0)), align=8), builder.load(line(1, place(2)), align=8)
        before = builder.load(here, align=8)
        after = builder.or_(before, builder.and_(asked, able))
        changed = builder.bitcast(builder.icmp_unsigned("!=", before, after), _BYTE)
        some = builder.icmp_unsigned("!=", changed, _BYTE(0))
        with builder.if_then(some):
            builder.store(after, here, align=8)
        whole = builder.bitcast(builder.icmp_unsigned("==", after, ir.Constant(_ROW, [-1] * WORDS)), _BYTE)
        full = builder.and_(some, builder.icmp_unsigned("==", whole, _BYTE(-1)))
        return builder.or_(builder.zext(some, _WORD), builder.shl(builder.zext(full, _WORD), _WORD(1)))

    return types.int64(slots, works, row, held, fact), generate


pass_on: Any = intrinsic(_pass_on)
"""`pass_on(slots, works, row, held, fact)`, in a kernel: adds to the slots in which `fact` holds those of `slots` in
which `row` of `works` says that a step works. NEWS if any of them is new, and FULL if it now holds in all."""


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
"""`wide()`, in a kernel or in an `outlined` function."""


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
