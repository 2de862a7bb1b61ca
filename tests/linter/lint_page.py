"""The table of checks on its page: `python tests/linter/lint_page.py` draws it anew."""

from __future__ import annotations

import re
from pathlib import Path

from simkit.linter import CHECKS

PAGE = Path(__file__).parents[2] / "docs" / "lint.md"
_TABLE = re.compile(r"(?<=<!-- the checks -->\n).*?(?=<!-- the end of the checks -->)", re.DOTALL)


def drawn(page: str) -> str:
    """The text of the page with the table as the checks are now."""
    rows = [f"| `{check.code}` | {check.asks} | {check.why} |" for check in CHECKS.values()]
    table = "\n".join(["| code | what it asks | why it matters |", "|---|---|---|", *rows, ""])
    return _TABLE.sub(lambda _: table, page)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), "utf-8")
