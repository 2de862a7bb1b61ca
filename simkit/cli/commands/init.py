"""`simkit init`: from the files of a repository to a first answer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import click

from simkit.cli.options import listening_options
from simkit.cli.output import Answer, Output
from simkit.cli.terminal import Terminal
from simkit.table import Table

if TYPE_CHECKING:
    from simkit.cli.imported_files import ImportedFiles
    from simkit.importers import Untranslated

PARTS = "imported"
MOST_ROWS = 20
"""So many assumptions, and so many things that are not translated, are shown."""
WRITTEN = """\
# What no file can know stands here, and is yours: `simkit import` writes only the parts below. Add
#   resources: {{NAME: ...}}   values: what losing a thing costs         docs/scenario-format.md
#   tasks, response, expect     what work is legitimate, who responds, what must hold
# A name that a part has cannot be said again here; `simkit validate` says what it asks back.
simkit: 1
name: {name}
include: {parts}
"""


@click.command(short_help="From the files of a repository to a first answer.")
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False), metavar="[FOLDER]")
@click.option("--list-tools", is_flag=True, help="Start the MCP servers that run here, and ask each for its tools.")
@click.option("--yes", is_flag=True, help="Start them without asking first.")
@listening_options
@click.pass_obj
def init(terminal: Terminal, folder: str, list_tools: bool, yes: bool) -> None:
    """Find what a repository has, import it, write a first scenario, and answer.

    Settings of agents, MCP servers, workflows, manifests, Terraform plans and recordings in FOLDER (default: this one)
    are imported into FOLDER/imported, and FOLDER/scenario.yaml includes them, beside what was imported there before. A
    scenario.yaml that is there stays as it is. Nothing is executed without --list-tools (`simkit import --help`).

    The answer: what strangers' words and code get, what each secret opens, what each grant policy would prevent, and
    what was assumed, most important first.

    \b
    Examples:
      simkit init
      simkit init path/to/repository
      simkit import ~/exports/account.json && simkit init
    """
    from simkit.cli.asked_servers import asked_servers, newest, saved_lists
    from simkit.cli.first_answer import first_answer
    from simkit.cli.imported_files import ImportedFiles
    from simkit.importers import IMPORTERS, import_files, parts_in
    from simkit.scenario import load

    out = os.path.join(folder, PARTS)
    asked = asked_servers(terminal, [folder], out, agreed=yes) if list_tools else []
    with terminal.working("reading"):
        before = parts_in(out, [name for name, each in IMPORTERS.items() if not each.joins])
        made = import_files([folder], beside=before, more=newest(saved_lists(out, "", [folder]), asked))
        files = ImportedFiles.planned(made, out, asked)
    files.write()
    own = _own(folder, files)
    scenario = load(own)
    output = Output(terminal, "init")
    output.text(f"{_said(files)}\nThe scenario: {own}\n")
    for each in chain(first_answer(scenario, terminal), [_assumed(files)]):
        output.text("\n")
        output.result(each)


def _own(folder: str, files: ImportedFiles) -> str:
    """The scenario of the user, which is written if it is not there."""
    import json

    from simkit.files import write

    place = os.path.join(folder, "scenario.yaml")
    if not os.path.exists(place):
        name = os.path.basename(os.path.abspath(folder)) or "repository"
        parts = [f"{PARTS}/{part}" for part in files.parts]
        write(place, WRITTEN.format(name=json.dumps(name, ensure_ascii=False), parts=json.dumps(parts)))
    return place


def _said(files: ImportedFiles) -> str:
    made = {f"{each.kind}.yaml" for each in files.made}
    earlier = [part for part in files.parts if part not in made]
    before = [f"Imported before: {', '.join(earlier)}."] if earlier else []
    return "\n".join([*(each.summary for each in files.made), *before])


def _assumed(files: ImportedFiles) -> Answer:
    """What the answer rests on that no file says, most important first, and what is not in it."""
    from simkit.importers.imported import CHANCE, REACH, TIME

    order = (REACH, CHANCE, TIME)
    once = dict.fromkeys(assumed for each in files.made for assumed in each.assumed)
    found = sorted(once, key=lambda each: order.index(each.decides))
    left = [each for part in files.made for each in part.untranslated]
    rows = [(each.decides, each.about, each.taken, each.why) for each in found]
    gone = _together(left)
    tables = (
        _first(Table(("decides", "about", "taken", "why"), rows, title="Assumed, most important first")),
        _first(Table(("where", "what", "why"), gone, title="Not translated")),
    )
    says = f"This rests on {len(found):,} assumptions, and {len(left):,} things in the files are not in it."
    return Answer(says, tuple(table for table in tables if table.rows), {})


def _together(left: Sequence[Untranslated]) -> list[tuple[str, str, str]]:
    """What is not translated, all that is so for one reason as a row: the first of it, and how many more there are."""
    alike: dict[str, list[Untranslated]] = {}
    for each in left:
        alike.setdefault(each.why, []).append(each)
    rows = []
    for why, group in alike.items():
        more = f" and {len(group) - 1:,} more" if len(group) > 1 else ""
        rows.append((f"{group[0].origin}{more}", group[0].what, why))
    return rows


def _first(table: Table) -> Table:
    """The first rows, and how to see the others."""
    more = len(table.rows) - MOST_ROWS
    note = f"{more:,} more: `simkit import` lists all" if more > 0 else ""
    return replace(table, rows=table.rows[:MOST_ROWS], note=note)
