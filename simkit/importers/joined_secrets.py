"""A secret that a workflow hands to an agent under a name by which a server of the agent asks for it: one account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from simkit.importers.imported import Assumed, Imported


def joined_secrets(parts: Sequence[Imported]) -> tuple[Imported, ...]:
    """`parts`, in which a secret of the repository opens what servers of agent settings do that are given it.

    A job that runs an agent says which variable holds which secret; settings of agents say which server asks for which
    variable. Names are held against each other only where a file says that one is filled with the other; no value is
    ever looked at. The account of the secret becomes the one of the variable, by a trust edge.
    """
    agent = next((each for each in parts if each.kind == "agent"), None)
    if agent is None:
        return tuple(parts)
    asked = {name: said["identity"] for name, said in agent.sections.get("credentials", {}).items()}
    return tuple(_joined(each, asked, agent) if each.given else each for each in parts)


def _joined(part: Imported, asked: Mapping[str, str], agent: Imported) -> Imported:
    own = part.sections.get("credentials", {})
    found = [(name, secret) for name, secret in part.given if name in asked and secret in own]
    edges = tuple(
        {"from": own[secret]["identity"], "to": asked[name], "kind": "assume"} for name, secret in dict.fromkeys(found)
    )
    told = tuple(
        Assumed(f"{secret} opens what {name} opens", "the server accepts it", "a job gives it to its agent as that")
        for name, secret in dict.fromkeys(found)
    )
    if not edges:
        return part
    return replace(part, trust=(*part.trust, *edges), assumed=(*part.assumed, *told), beside=(*part.beside, agent))
