"""On how many examples a property is checked: on two fifths in every run, on all of them where EXAMPLES=all is set, as
the slow `tests/laws/test_all_examples.py` does."""

from __future__ import annotations

import os

from hypothesis import settings

ALL = os.environ.get("EXAMPLES") == "all"


def examples(most: int) -> settings:
    """The settings of a property that is checked on `most` examples, or on two fifths of them."""
    return settings(max_examples=most if ALL else most * 2 // 5)
