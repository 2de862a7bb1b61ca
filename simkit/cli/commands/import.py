"""`simkit import`: the files that people have, as scenarios."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from simkit.cli.group import DOES_NOT_HOLD, FINE, INCOMPLETE
from simkit.cli.options import listening_options
from simkit.cli.output import FORMATS, Answer, Output
from simkit.cli.terminal import Terminal
from simkit.errors import InputError

if TYPE_CHECKING:
    from simkit.importers import Imported


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
@click.option("--strict", is_flag=True, help="Exit with 4 where something was not translated.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", help="How to write the answer.")
@listening_options
@click.pass_obj
def import_(
    terminal: Terminal, paths: tuple[str, ...], kind: str, out: str, check: bool, strict: bool, format_: str
) -> int:
    """Read files of other systems, or all those in a folder, and write each kind as a scenario.

    Nothing is executed, no network is used, and no secret is copied. The answer lists what was read, what was assumed,
    and what was not translated, with file and line. The files that are written say where each thing comes from;
    import again rather than edit them. docs/import.md lists the kinds.

    \b
    Examples:
      simkit import deploy/ -o imported/
      kubectl get all,sa,roles,rolebindings,clusterroles,clusterrolebindings -A -o json > cluster.json
      simkit import cluster.json --kind kubernetes
      simkit import . --check --strict
    """
    from simkit.importers import import_files

    with terminal.working("reading"):
        made = import_files(paths, kind)
        texts = {os.path.join(out, f"{each.kind}.yaml"): _checked(each) for each in made if not each.is_empty}
    stale = [file for file, text in texts.items() if _on_disk(file) != text]
    if not check:
        _written(out, {file: texts[file] for file in stale})
    Output(terminal, "import", format_).result(_answer(made), _verdicts(list(texts), stale, check))
    if check and stale:
        return DOES_NOT_HOLD
    return INCOMPLETE if strict and not all(each.complete for each in made) else FINE


def _checked(imported: Imported) -> str:
    """The text of a scenario that loads."""
    imported.scenario()
    return imported.text()


def _on_disk(file: str) -> str | None:
    from simkit.files import decoded, read

    return decoded(read(file), file) if os.path.isfile(file) else None


def _written(folder: str, texts: dict[str, str]) -> None:
    from simkit.files import write

    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {folder}: no folder can be made there ({error.strerror}): name another") from error
    for file, text in texts.items():
        write(file, text)


def _answer(made: Sequence[Imported]) -> Answer:
    return Answer(
        "\n".join(each.summary for each in made),
        tuple(table for each in made for table in each.tables()),
        {"imported": [each.to_dict() for each in made]},
    )


def _verdicts(files: Sequence[str], stale: Sequence[str], check: bool) -> list[str]:
    if check:
        return [f"{file} is not what the files say: import again." for file in stale] or ["Up to date."]
    return [f"{'written' if file in stale else 'unchanged'}: {file}" for file in files]
