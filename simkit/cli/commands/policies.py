"""`simkit policies`: the grant policies by their dials, and what the dials mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from simkit.cli.options import FILES, load, output_options
from simkit.cli.output import Answer, Output
from simkit.cli.terminal import Terminal
from simkit.table import Table, duration

if TYPE_CHECKING:
    from simkit.policies import GrantPolicy


@click.command(short_help="The grant policies and what their dials mean.")
@click.argument("scenario", type=FILES, required=False)
@output_options()
@click.pass_obj
def policies(terminal: Terminal, scenario: str | None, format_: str | None, out: str) -> None:
    """List the named grant policies, with SCENARIO its own too, and what each dial means.

    A grant policy is a point in the space of its dials: it says how an identity's entitlements are cut into
    sessions. Anywhere else, name one with --policy or several with --policies.

    \b
    Examples:
      simkit policies
      simkit policies scenario.yaml --format markdown
    """
    from simkit.policies import DIALS, NAMED, named_policies

    output = Output.planned(terminal, "policies", (format_, out), *([scenario] if scenario else []))
    own = dict(load(scenario).policies) if scenario else {}
    known = named_policies(own)
    others = ", then those of installed packages and the scenario" if len(known) > len(NAMED) else ""
    answer = Answer(
        summary=f"{len(known)} grant policies, from the weakest named one to the strongest{others}.",
        parts=(_settings(known), _in_words(known, own), _dials()),
        data={
            "policies": {name: _plain(policy, name in own) for name, policy in known.items()},
            "dials": {
                name: {"decides": dial.decides, "settings": [{"name": k, "means": v} for k, v in dial.means.items()]}
                for name, dial in DIALS.items()
            },
        },
    )
    output.result(answer)


def _settings(known: Mapping[str, GrantPolicy]) -> Table:
    from simkit.policies import DIALS

    rows = [(name, *policy.dials().values()) for name, policy in known.items()]
    return Table(("policy", *DIALS), rows, title="Policies")


def _in_words(known: Mapping[str, GrantPolicy], own: Mapping[str, GrantPolicy]) -> Table:
    rows = [
        (
            name,
            "yes" if name in own else "no",
            "-" if policy.ttl is None else duration(policy.ttl),
            _says(policy),
        )
        for name, policy in known.items()
    ]
    note = "A policy without a ttl takes each credential's own."
    return Table(("policy", "own", "ttl", "in words"), rows, title="Policies in words", note=note)


def _says(policy: GrantPolicy) -> str:
    other = f"Identities that it does not apply to: {policy.otherwise.name}." if policy.otherwise else ""
    return " ".join(part for part in (policy.summary, other) if part)


def _dials() -> Table:
    from simkit.policies import DIALS

    rows = [
        (name if at == 0 else "", dial.decides if at == 0 else "", setting, means)
        for name, dial in DIALS.items()
        for at, (setting, means) in enumerate(dial.means.items())
    ]
    return Table(("dial", "decides", "setting", "means"), rows, title="Dials, weakest setting first")


def _plain(policy: GrantPolicy, own: bool) -> Mapping[str, object]:
    return {
        "own": own,
        "dials": policy.dials(),
        "ttl": policy.ttl,
        "miss_rate": policy.miss_rate,
        "otherwise": policy.otherwise.name if policy.otherwise else None,
        "summary": policy.summary,
    }
