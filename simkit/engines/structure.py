"""Named tuples of arrays as the parts of a kernel see them: by the address of one structure in the frame of the kernel.

A tuple is passed by its elements, and the links, parameters and state of a replay are over a hundred arrays: each call
of each part handed over some three hundred numbers, each of which the compiler read, numbered and placed for every
part anew. That was more than half of what a kernel took to compile. A part takes a `Structure` as one address, and
reads the fields that it names.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, models, register_model

from simkit.engines.span import Span

NAMED_TUPLE: Any = types.BaseNamedTuple
ARRAY: Any = types.Array


class Structure(types.Type):
    """The type of a named tuple whose `fields` (name to type) stand in the frame of a kernel. Nothing sets one anew."""

    def __init__(self, name: str, fields: dict[str, Any]) -> None:
        self.fields = fields
        # A short name: it is part of that of each compiled part that takes one.
        said = blake2b(repr(fields).encode(), digest_size=4).hexdigest()
        super().__init__(name=f"{name}_{said}")


@register_model(Structure)
class StructureModel(models.OpaqueModel):
    """The address of the fields, one behind the other."""


@infer_getattr
class StructureFields(AttributeTemplate):
    """The types of the fields."""

    key = Structure

    def generic_resolve(self, structure: Any, name: str) -> Any:  # type: ignore[override]
        """That of the field `name`; None if there is none."""
        return structure.fields.get(name)


@lower_getattr_generic(Structure)
def _field(context: Any, builder: Any, structure: Structure, value: Any, name: str) -> Any:
    record = builder.bitcast(value, _layout(context, structure).as_pointer())
    return builder.load(cgutils.gep_inbounds(builder, record, 0, list(structure.fields).index(name)))


def _spans(typing_context: Any, given: Any) -> Any:
    """The array `given` as a span, or the tuple as a structure with a span in place of each of its arrays, and a
    structure in place of each of its tuples."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _without_owner(context, builder, given, arguments[0])

    return _kind(given)(given), generate


spans: Any = intrinsic(_spans)
"""`spans(tuple)` or `spans(array)`, in a kernel: the structure is gone when the function that made it returns."""


def _kind(given: Any) -> Any:
    if isinstance(given, NAMED_TUPLE):
        return Structure(given.instance_class.__name__, dict(zip(given.fields, map(_kind, given), strict=True)))
    if isinstance(given, ARRAY):
        if given.layout != "C" or given.ndim > 2:
            raise TypingError(f"{given} is no array of one or two dimensions, row by row")
        return Span(given.dtype, given.ndim)
    return given


def _without_owner(context: Any, builder: Any, given: Any, value: Any) -> Any:
    if isinstance(given, NAMED_TUPLE):
        return _stored(context, builder, given, value)
    if not isinstance(given, ARRAY):
        return value
    array = context.make_array(given)(context, builder, value)
    shape = cgutils.unpack_tuple(builder, array.shape, given.ndim)
    found = cgutils.create_struct_proxy(_kind(given))(context, builder)
    found.data, found.rows = array.data, shape[0]
    found.width = shape[1] if given.ndim == 2 else context.get_constant(types.intp, 1)
    return found._getvalue()


def _stored(context: Any, builder: Any, given: Any, value: Any) -> Any:
    """The address of a structure with what the tuple `value` holds."""
    record = cgutils.alloca_once(builder, _layout(context, _kind(given)))
    for place, kind in enumerate(given):
        field = _without_owner(context, builder, kind, builder.extract_value(value, place))
        builder.store(field, cgutils.gep_inbounds(builder, record, 0, place))
    return builder.bitcast(record, cgutils.voidptr_t)


def _layout(context: Any, structure: Structure) -> Any:
    return context.get_value_type(types.Tuple(list(structure.fields.values())))
