"""Writes the reference of the commands, from the commands themselves, into the page that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

MARK = "<!-- every command -->"
WIDTH = 92


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The text of a page, with the help of every command in place of the mark."""
    return markdown.replace(MARK, "\n".join(_sections())) if MARK in markdown else markdown


def _sections() -> Iterator[str]:
    from simkit.cli.commands import simkit

    top = click.Context(simkit, info_name="simkit", help_option_names=["-h", "--help"])
    for name, command in simkit.commands.items():
        inner = click.Context(command, parent=top, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH)
        yield f"## simkit {name}\n\n{command.get_short_help_str(200)}\n\n```text\n{inner.get_help()}\n```\n"
