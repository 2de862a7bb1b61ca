"""Tables: the one thing that turns into text, Markdown, HTML and JSON, and how numbers are written in all of them."""

from simkit.table.numbers import duration, format_number, percent
from simkit.table.table import Cell, Table
from simkit.table.text import escape_markdown, printable, shorten, width, wrap

__all__ = [
    "Cell",
    "Table",
    "duration",
    "escape_markdown",
    "format_number",
    "percent",
    "printable",
    "shorten",
    "width",
    "wrap",
]
