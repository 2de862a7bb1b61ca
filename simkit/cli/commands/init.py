"""`simkit init`: from the files of a repository to a first answer."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from simkit.cli.options import listening_options
from simkit.cli.output import Answer, Output
from simkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from simkit.cli.imported_files import ImportedFiles
    from simkit.scenario import Scenario

PARTS = "imported"
TRIALS = 200
MOST_ROWS = 12
"""So many of the worst to lose are shown."""
LARGE = 2000
"""With more things than this, the first answer leaves the comparison out: it would take long."""
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
@listening_options
@click.pass_obj
def init(terminal: Terminal, folder: str) -> None:
    """Find what a repository has, import it, write a first scenario, and answer.

    Settings of agents, MCP servers, workflows and manifests in FOLDER (default: this one) are imported into
    FOLDER/imported, and FOLDER/scenario.yaml includes them. A scenario.yaml that is there stays as it is. The answer:
    which secret or identity is the worst to lose, what each grant policy would prevent, and what was assumed.

    \b
    Examples:
      simkit init
      simkit init path/to/repository
    """
    from simkit.cli.imported_files import ImportedFiles
    from simkit.importers import import_files
    from simkit.scenario import load

    with terminal.working("reading"):
        files = ImportedFiles.planned(import_files([folder]), os.path.join(folder, PARTS))
    files.write()
    own = _own(folder, files)
    scenario = load(own)
    output = Output(terminal, "init")
    output.text(f"{_said(files)}\nThe scenario: {own}\n")
    _answer(output, terminal, scenario)
    output.result(_assumed(files))


def _own(folder: str, files: ImportedFiles) -> str:
    """The scenario of the user, which is written if it is not there."""
    import json

    from simkit.cli.imported_files import WHOLE
    from simkit.files import write

    place = os.path.join(folder, "scenario.yaml")
    if not os.path.exists(place):
        name = os.path.basename(os.path.abspath(folder)) or "repository"
        parts = [f"{PARTS}/{part}" for part in files.texts if part != WHOLE]
        write(place, WRITTEN.format(name=json.dumps(name, ensure_ascii=False), parts=json.dumps(parts)))
    return place


def _said(files: ImportedFiles) -> str:
    return "\n".join(each.summary for each in files.made)


def _answer(output: Output, terminal: Terminal, scenario: Scenario) -> None:
    """What is the worst to lose, and what other policies would prevent through the first poisoned or leaked thing."""
    import simkit.simulation

    with terminal.working("ranking"):
        ranking = simkit.simulation.rank(scenario)
    most = [replace(table, rows=table.rows[:MOST_ROWS]) for table in ranking.tables()[:1]]
    output.result(Answer(ranking.summary, tuple(most), {}))
    model = scenario.model
    if len(model.identities) + len(model.resources) > LARGE:
        output.text(
            "\nCompare policies with `simkit compare scenario.yaml`; it is left out here, as there is so much.\n"
        )
        return
    entry = next((name for name, each in scenario.entry_points.items() if each.kind == "poison"), None)
    first = entry or next(iter(scenario.entry_points))
    with terminal.working(f"replaying {TRIALS} trials under each policy"):
        compared = simkit.simulation.compare(scenario, entry_point=first, trials=TRIALS)
    output.text(f"\nThrough {first}:\n")
    output.result(compared)


def _assumed(files: ImportedFiles) -> Answer:
    """What the answer rests on that no file says, and what is not in it."""
    tables = [table for each in files.made for table in each.tables() if table.title in ("Assumed", "Not translated")]
    count = sum(len(each.assumed) for each in files.made)
    left = sum(len(each.untranslated) for each in files.made)
    says = f"\nThis rests on {count} assumptions, and {left} things in the files are not in it."
    return Answer(says, tuple(tables), {})
