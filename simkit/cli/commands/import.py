"""`simkit import`: the files that people have, as scenarios."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from simkit.cli.group import DOES_NOT_HOLD, FINE, INCOMPLETE
from simkit.cli.options import listening_options
from simkit.cli.output import FORMATS, Output
from simkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from simkit.cli.imported_files import ImportedFiles


@click.command("import", short_help="Make scenarios of the files that you have.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(), metavar="PATH...")
@click.option("--kind", metavar="KIND", default="", help="What the files are. Default: seen from what is in them.")
@click.option(
    "--out",
    "-o",
    metavar="FOLDER",
    default="imported",
    show_default=True,
    help="Where KIND.yaml is written, for each kind.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where FOLDER is not what the files say.")
@click.option("--list-tools", is_flag=True, help="Start the MCP servers that run here, and ask each for its tools.")
@click.option("--yes", is_flag=True, help="Start them without asking first.")
@click.option("--strict", is_flag=True, help="Exit with 4 where something was not translated.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", help="How to write the answer.")
@listening_options
@click.pass_obj
def import_(
    terminal: Terminal,
    paths: tuple[str, ...],
    kind: str,
    out: str,
    check: bool,
    list_tools: bool,
    yes: bool,
    strict: bool,
    format_: str,
) -> int:
    """Read files of other systems, or all those in a folder, and write each kind as a part of a scenario.

    Nothing is executed, no network is used, and no secret is copied. Only --list-tools starts the MCP servers of agent
    settings, once it has said what it will run and you agree; what they answer is kept in FOLDER/tools.

    The answer lists what was read, what was assumed, and what was not translated, with file and line. The files that
    are written say where each thing comes from; import again rather than edit them. FOLDER/scenario.yaml includes them;
    so may your own. docs/import.md says more.

    \b
    Examples:
      simkit import deploy/ -o imported/
      kubectl get all,sa,roles,rolebindings,clusterroles,clusterrolebindings -A -o json > cluster.json
      simkit import cluster.json --kind kubernetes
      simkit import . --check --strict
      simkit import . --list-tools
    """
    from simkit.cli.asked_servers import asked_servers, newest, saved_lists
    from simkit.cli.imported_files import ImportedFiles
    from simkit.importers import IMPORTERS, import_files, parts_in

    saved = saved_lists(out, kind, paths)
    asked = asked_servers(terminal, paths, out, agreed=yes) if list_tools else []
    with terminal.working("reading"):
        before = parts_in(out, [name for name, each in IMPORTERS.items() if not each.joins])
        made = import_files(paths, kind, beside=before, more=newest(saved, asked))
        files = ImportedFiles.planned(made, out, asked)
    stale = files.stale if check else files.moved
    if not check:
        files.write()
    Output(terminal, "import", format_).result(files.answer(changes=not check), _verdicts(files, stale, check))
    if check and stale:
        return DOES_NOT_HOLD
    return INCOMPLETE if strict and not all(each.complete for each in made) else FINE


MOST_CHANGES = 50
"""So many changes are said in sentences; the table and JSON have them all."""


def _changes(files: ImportedFiles) -> list[str]:
    """What changed, and which line of which file says so."""
    changes = [str(each) for each in files.changes]
    rest = len(changes) - MOST_CHANGES
    return [*changes[:MOST_CHANGES], *([f"and {rest:,} changes more"] if rest > 0 else [])]


def _verdicts(files: ImportedFiles, stale: list[str], check: bool) -> list[str]:
    places = {name: os.path.join(files.folder, name) for name in files.texts}
    if check:
        told = [f"{places[name]} is not what the files say: import again." for name in stale]
        return [*told, *_changes(files)] if told else ["Up to date."]
    return [f"{'written' if name in stale else 'unchanged'}: {place}" for name, place in places.items()]
