"""A check as JSON with a version in it, and the schema that it keeps."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from simkit.checks.check_report import CheckReport

JSON_VERSION = 1
"""Raised when a field changes its meaning or goes; new fields do not raise it."""


def json_report(report: CheckReport) -> str:
    """`report` as JSON: keys sorted, NaN and infinity as null, the same bytes for the same check."""
    from simkit import __version__

    whole = {"simkit": __version__, "format": JSON_VERSION, "command": "check", "result": report.to_dict()}
    return json.dumps(_finite(whole), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that `json_report` keeps, shipped as `simkit/checks/check.schema.json`."""
    found: dict[str, Any] = json.loads((files("simkit.checks") / "check.schema.json").read_text("utf-8"))
    return found


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
