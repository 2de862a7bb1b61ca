"""What is done with a row of eight words at once: the lanes of a fact or of a step, one cache line, one vector.

Loops over the eight words say the same, but the compiler makes eight scalar operations of each line of theirs.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from simkit.engines.span import element

WORDS = 8
NEWS, FULL = 1, 2
"""What `pass_on` answers, added up."""
_BIT, _BYTE, _WORD = ir.IntType(1), ir.IntType(8), ir.IntType(64)
_ROW = ir.VectorType(_WORD, WORDS)


def _pass_on(typing_context: Any, lanes: Any, works: Any, row: Any, held: Any, fact: Any) -> Any:
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

    return types.int64(lanes, works, row, held, fact), generate


pass_on: Any = intrinsic(_pass_on)
"""`pass_on(lanes, works, row, held, fact)`, in a kernel: adds to the lanes in which `fact` holds those of `lanes` in
which `row` of `works` says that a step works. NEWS if any of them is new, and FULL if it now holds in all."""
