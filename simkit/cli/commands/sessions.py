"""`simkit sessions`: what real systems do with an open session when its credential or its right goes."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from simkit.cli.options import output_options
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal


def _systems(_context: click.Context, _param: click.Parameter, begun: str) -> list[CompletionItem]:
    from simkit.session_catalogue import session_behaviours

    return [CompletionItem(name) for name in session_behaviours() if name.startswith(begun)]


@click.command(short_help="What real servers do with an open session when its credential goes.")
@click.argument("name", required=False, shell_complete=_systems)
@output_options()
@click.pass_obj
def sessions(terminal: Terminal, name: str | None, format_: str | None, out: str) -> None:
    """List what real systems do with an open session when its credential expires, is revoked or rotated, when its
    account is disabled or deleted, or when its right is taken away; of the system called NAME, all that was seen.

    Each system was measured, in the version and the month that stand beside it, or is documented by its vendor: those
    stand in a table of their own, and are not counted.

    \b
    Examples:
      simkit sessions
      simkit sessions postgresql-15
      simkit sessions --format json | jq '.result.systems | keys'
    """
    from simkit.session_catalogue import SessionCatalogue, session_behaviour, session_behaviours

    output = Output.planned(terminal, "sessions", (format_, out))
    chosen = session_behaviours().values() if name is None else (session_behaviour(name),)
    output.result(SessionCatalogue(tuple(chosen)))
