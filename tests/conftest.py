"""What every test shares: benchmarks are slow, and property tests give the same examples on every machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

BENCHMARKS = Path(__file__).parent / "benchmarks"

# One numba compilation inside an example would break a deadline; a fixed seed makes a failure repeatable anywhere.
settings.register_profile("simkit", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("simkit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what lies under tests/benchmarks as slow, which the default selection leaves out."""
    for item in items:
        if item.path.is_relative_to(BENCHMARKS):
            item.add_marker("slow")
