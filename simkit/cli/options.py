"""The options that several commands share, and what they become."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from simkit.cli.answer_files import PICTURES
from simkit.cli.output import FORMATS
from simkit.cli.terminal import Terminal
from simkit.errors import SimkitError
from simkit.package import pip_install

if TYPE_CHECKING:
    from simkit.scenario import Scenario

F = TypeVar("F", bound=Callable[..., Any])
LARGEST_SEED = (1 << 64) - 1
MOST_TRIALS = 1 << 34


class WholeNumber(click.IntRange):
    """A whole number in a range."""

    name = "whole number"


class Seconds(click.FloatRange):
    """A number of seconds in a range."""

    name = "number"


class FilePath(click.Path):
    """The path of a file, or `-`; a folder is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Fails for a folder."""
        if os.path.isdir(value):
            self.fail(f"{value!r} is a folder: name a file in it", param, ctx)
        return super().convert(value, param, ctx)


FILES = FilePath(dir_okay=False, allow_dash=True)


def scenario_argument(command: F) -> F:
    """SCENARIO: a file, or `-`."""
    return click.argument("scenario", type=FILES)(set_option(command))


def set_option(command: F) -> F:
    """--set, which `load` reads."""
    return click.option(
        "--set",
        "changes",
        multiple=True,
        metavar="PATH=VALUE",
        expose_value=False,
        callback=_set,
        help="Set a number of the scenario otherwise (response.miss_rate=0.3), or to a range (=0.01..0.5). May be "
        "given again.",
    )(command)


def _set(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> None:
    changes = context.ensure_object(Terminal).changes
    for each in given:
        path, sign, value = (part.strip() for part in each.partition("="))
        if not (path and sign and value):
            raise click.BadParameter(f"{each!r} sets nothing: write PATH=VALUE, such as response.miss_rate=0.3",
                                     param=option)  # fmt: skip
        changes[path] = value


def output_options(formats: tuple[str, ...] = FORMATS, *, pictures: bool = False) -> Callable[[F], F]:
    """--format, --out, --quiet and --verbose; with `pictures` where the answer has one."""

    def add(command: F) -> F:
        command = click.option(
            "--format",
            "format_",
            type=click.Choice((*formats, *(PICTURES if pictures else ()))),
            default=None,
            help="How to write the answer. Default: what the ending of --out says; without one, the first of these.",
        )(command)
        command = click.option(
            "--out", "-o", default="-", metavar="FILE", help="Write the answer to FILE, whole or not at all."
        )(command)
        return listening_options(command)

    return add


def listening_options(command: F) -> F:
    """--quiet and --verbose, which set the Terminal."""
    quiet = click.option(
        "--quiet",
        "-q",
        is_flag=True,
        expose_value=False,
        callback=_hear("quiet"),
        help="Only the summary; no notes and no progress.",
    )
    verbose = click.option(
        "--verbose",
        "-v",
        is_flag=True,
        expose_value=False,
        callback=_hear("verbose"),
        is_eager=True,
        help="Say where the answer comes from; show a traceback if simkit itself fails.",
    )
    return quiet(verbose(command))


def _hear(attribute: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def heard(context: click.Context, _: click.Parameter, given: bool) -> None:
        if given:
            setattr(context.ensure_object(Terminal), attribute, True)

    return heard


def policy_option(command: F) -> F:
    """--policy, one name."""
    return click.option(
        "--policy",
        "-p",
        metavar="NAME",
        shell_complete=complete_policies,
        help="The grant policy: a named one or the scenario's own. Default: the one in force in the scenario.",
    )(command)


def policies_option(says: str) -> Callable[[F], F]:
    """--policies, several names; `says` what they are for."""
    return click.option(
        "--policies",
        metavar="A,B,...",
        callback=names,
        shell_complete=complete_policies,
        help=says,
    )


def threads_option(command: F) -> F:
    """--threads."""
    return click.option(
        "--threads",
        type=WholeNumber(min=1),
        default=None,
        help="How many threads work. Default: one for each processor.",
    )(command)


def scheduler_option(command: F) -> F:
    """--scheduler."""
    return click.option(
        "--scheduler",
        metavar="ADDRESS",
        default=None,
        callback=_alone,
        help="Let a Dask cluster work, in place of threads: the address of its scheduler, such as tcp://host:8786.",
    )(command)


def _alone(context: click.Context, option: click.Parameter, given: str | None) -> str | None:
    """`--scheduler` and `--threads` say two things about who works."""
    if given is not None and context.params.get("threads") is not None:
        raise click.BadParameter("counts only without --threads: leave one of the two out", param=option)
    return given


def engine_option(command: F) -> F:
    """--engine."""
    return click.option(
        "--engine",
        metavar="NAME",
        default="cpu",
        show_default=True,
        help=f"What works it out: cpu, or cuda, an NVIDIA GPU ({pip_install('gpu')}). The answer is the same.",
    )(command)


def run_options(command: F) -> F:
    """--entry-point, --trials, --seed and --threads: a question about one attack."""
    option = click.option(
        "--entry-point",
        "-e",
        metavar="NAME",
        shell_complete=complete_entry_points,
        help="How the attack starts. Default: the first in the scenario.",
    )
    return option(replay_options(command))


def every_run_options(command: F) -> F:
    """--entry-points, --trials, --seed and --threads: a question about the whole scenario."""
    return entry_points_option(replay_options(command))


def entry_points_option(command: F) -> F:
    """--entry-points; `--entry-point` is the same."""
    return click.option(
        "--entry-points",
        "--entry-point",
        "-e",
        "entry_points",
        metavar="A,B,...",
        callback=names,
        shell_complete=complete_entry_points,
        help="How the attack starts. Default: every entry point of the scenario.",
    )(command)


def replay_options(command: F) -> F:
    """--trials, --seed and --threads."""
    options = (
        click.option(
            "--trials",
            "-n",
            type=WholeNumber(min=1),
            default=1000,
            show_default=True,
            help="How many times the attack is replayed.",
        ),
        click.option(
            "--seed",
            type=WholeNumber(0, LARGEST_SEED),
            default=0,
            show_default=True,
            help="The same seed gives the same answer, on any number of threads.",
        ),
        threads_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


def names(_: click.Context, option: click.Parameter, given: str | None) -> tuple[str, ...] | None:
    """A comma-separated list of names, each once; None where the option is not given."""
    if given is None:
        return None
    found = tuple(dict.fromkeys(name.strip() for name in given.split(",") if name.strip()))
    if not found:
        raise click.BadParameter("no name is in it: give names with commas between them", param=option)
    return found


def load(scenario: str) -> Scenario:
    """The scenario in the file called `scenario`, or standard input for `-`, as --set changes it. Raises InputError."""
    import simkit.scenario

    context = click.get_current_context(silent=True)
    terminal = context.find_object(Terminal) if context else None
    return simkit.scenario.load(scenario, changes=terminal.changes if terminal else {})


def complete_policies(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Policy names for TAB; in a comma-separated list, for its last part."""
    from simkit.policies import named_policies

    scenario = _scenario_so_far(context)
    return _continued(incomplete, named_policies(scenario.policies if scenario else None))


def _continued(incomplete: str, known: Iterable[str]) -> list[str]:
    """`incomplete` with each of `known` that its last part begins, and that does not stand in it yet."""
    done, comma, last = incomplete.rpartition(",")
    return [f"{done}{comma}{name}" for name in known if name.startswith(last) and name not in done.split(",")]


def complete_entry_points(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Entry points of the scenario on the line, for TAB; in a comma-separated list, for its last part."""
    scenario = _scenario_so_far(context)
    return _continued(incomplete, scenario.entry_points) if scenario else []


def complete_goals(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Goals of the scenario on the line, for TAB."""
    scenario = _scenario_so_far(context)
    return [name for name in scenario.goals if name.startswith(incomplete)] if scenario else []


def _scenario_so_far(context: click.Context) -> Scenario | None:
    """The scenario that the line names already; None where there is none, or it is broken: TAB never complains."""
    # While an option still lacks its value, click has not matched the words to arguments yet.
    file = context.params.get("scenario") or next((word for word in context.args if not word.startswith("-")), "")
    if not file or file == "-":
        return None
    try:
        return load(file)
    except SimkitError:
        return None


def entry_through(terminal: Terminal, scenario: Scenario, name: str | None) -> str:
    """The entry point called `name`; without a name the first in the file, and a note where there are more."""
    chosen = scenario.entry_point(name).name
    others = [other for other in scenario.entry_points if other != chosen]
    if name is None and others:
        shown = ", ".join(others[:5]) + (", ..." if len(others) > 5 else "")
        terminal.note(f"note: through {chosen}, the first entry point; --entry-point chooses another: {shown}")
    return chosen
