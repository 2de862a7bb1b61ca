"""Arrays as the parts of a kernel see them: where they begin and how far they go, owned by whoever called the kernel.

An array that numba knows as an array carries a count of references, and every function that takes it, every name that
is given to it and every tuple that holds it counts up and down again, atomically, on a cache line that all threads
share. A kernel whose parts take some hundred arrays does hardly anything else: a replay took 32 times as long.
A `Span` has no owner and no count. It also takes no negative index, so that none is looked for at each access.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import lower_builtin, models, register_model, type_callable

TUPLE: Any = types.BaseTuple


class Span(types.Type):
    """The type of an array of `dtype` in one or two dimensions, row by row, without a count of references."""

    def __init__(self, dtype: Any, dimensions: int) -> None:
        self.dtype, self.dimensions = dtype, dimensions
        super().__init__(name=f"Span({dtype}, {dimensions})")


@register_model(Span)
class SpanModel(models.StructModel):
    """Where the first element is, how many rows there are, and how many elements a row has."""

    def __init__(self, manager: Any, kind: Span) -> None:
        members = [("data", types.CPointer(kind.dtype)), ("rows", types.intp), ("width", types.intp)]
        super().__init__(manager, kind, members)


def element(context: Any, builder: Any, kinds: Any, span: Any, index: Any) -> Any:
    """The address of the element at `index`, a number counted row by row or a pair; `kinds` are those of the two."""
    proxy = cgutils.create_struct_proxy(kinds[0])(context, builder, span)
    if isinstance(kinds[1], TUPLE):
        row, column = (
            context.cast(builder, builder.extract_value(index, place), kinds[1][place], types.intp) for place in (0, 1)
        )
        place = builder.add(builder.mul(row, proxy.width), column)
    else:
        place = context.cast(builder, index, kinds[1], types.intp)
    return builder.gep(proxy.data, [place])


def _fits(span: Any, index: Any) -> bool:
    """True if `index` names an element of `span`."""
    if isinstance(index, TUPLE):
        return span.dimensions == 2 and len(index) == 2 and all(isinstance(each, types.Integer) for each in index)
    return span.dimensions == 1 and isinstance(index, types.Integer)


@type_callable(operator.getitem)
def _getitem(context: Any) -> Callable[[Any, Any], Any]:
    def typer(span: Any, index: Any) -> Any:
        if isinstance(span, Span):
            if _fits(span, index):
                return span.dtype
            if span.dimensions == 2 and isinstance(index, types.Integer):
                return Span(span.dtype, 1)
        return None

    return typer


@type_callable(operator.setitem)
def _setitem(context: Any) -> Callable[[Any, Any, Any], Any]:
    def typer(span: Any, index: Any, value: Any) -> Any:
        return types.none if isinstance(span, Span) and _fits(span, index) else None

    return typer


@type_callable(len)
def _len(context: Any) -> Callable[[Any], Any]:
    return lambda span: types.intp if isinstance(span, Span) else None


@lower_builtin(operator.getitem, Span, types.Integer)
def _load_one(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """An element, or the row of a span with two dimensions."""
    span, index = signature.args
    if span.dimensions == 1:
        return context.unpack_value(builder, span.dtype, element(context, builder, signature.args, *arguments))
    given = cgutils.create_struct_proxy(span)(context, builder, arguments[0])
    begin = builder.mul(context.cast(builder, arguments[1], index, types.intp), given.width)
    found = cgutils.create_struct_proxy(signature.return_type)(context, builder)
    found.data, found.rows, found.width = (
        builder.gep(given.data, [begin]),
        given.width,
        context.get_constant(types.intp, 1),
    )
    return found._getvalue()


@lower_builtin(operator.getitem, Span, types.BaseTuple)
def _load(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    address = element(context, builder, signature.args, *arguments)
    return context.unpack_value(builder, signature.args[0].dtype, address)


@lower_builtin(operator.setitem, Span, types.Integer, types.Any)
@lower_builtin(operator.setitem, Span, types.BaseTuple, types.Any)
def _store(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    span, _, kind = signature.args
    value = context.cast(builder, arguments[2], kind, span.dtype)
    context.pack_value(builder, span.dtype, value, element(context, builder, signature.args[:2], *arguments[:2]))
    return context.get_dummy_value()


@lower_builtin(len, Span)
def _rows(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0]).rows
