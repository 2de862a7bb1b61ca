"""What every mapping in a scenario file is: frozen, strict, unknown keys refused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

LEFT_OUT: Any = None
"""What a field holds that the file leaves out: `given` skips it, the default stands with the value that is built."""


class Part(BaseModel):
    """A mapping in the file. What its fields mean stands below them, as docstrings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def given(self, *leave: str) -> dict[str, Any]:
        """The fields that the file gives, but those in `leave`, in the order of the format, lists as tuples; what it
        leaves out has its default elsewhere."""
        return {
            key: tuple(value) if isinstance(value := getattr(self, key), list) else value
            for key in type(self).model_fields
            if key in self.model_fields_set and key not in leave
        }
