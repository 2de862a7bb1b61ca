"""Parts of several kinds as one: a role of the cloud that a workflow or a cluster names, and an account that has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from simkit.importers.aws.account import shown_arn
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import Assumed, Imported, Untranslated

CLOUD = "cloud:"
"""How importers call a role of the cloud that is in none of their own files."""
GITHUB = "token.actions.githubusercontent.com"
"""The issuer of the tokens of workflows (docs.github.com, "OpenID Connect")."""


def joined(parts: Sequence[Imported]) -> tuple[Imported, ...]:
    """`parts`, in which a role that an account has stands once, and is entered only where its trust policy names the
    kind of issuer. What the token must claim besides is assumed to be claimed, and said."""
    account = next((each for each in parts if each.kind == "aws"), None)
    if account is None:
        return tuple(parts)
    return tuple(each if each is account else _joined(each, account) for each in parts)


def _joined(part: Imported, account: Imported) -> Imported:
    known = account.sections.get("identities", {})
    named = part.sections.get("identities", {})
    same = {name: shown_arn(name.removeprefix(CLOUD)) for name in named if name.startswith(CLOUD)}
    same = {name: own for name, own in same.items() if own in known}
    if not same:
        return part
    identities = {name: said for name, said in named.items() if name not in same}
    edges, assumed, untranslated = list[Mapping[str, Any]](), [*part.assumed], [*part.untranslated]
    for edge in part.trust:
        role = same.get(edge["to"])
        if role is None:
            edges.append(edge)
        elif _accepts(account, role, part.kind):
            edges.append({**edge, "to": role})
            why = "whose token claims what, no file says"
            assumed.append(Assumed(f"{edge['from']} becomes {role}", "it claims what the trust policy asks", why))
        else:
            place = part.origins.get(("identities", edge["from"])) or FilePlace(next(iter(part.read), part.kind))
            why = "the trust policy of the role names no such issuer"
            untranslated.append(Untranslated(place, f"{edge['from']} becomes {role}", why))
    return replace(
        part,
        sections={**part.sections, "identities": identities},
        trust=tuple(edges),
        origins={key: place for key, place in part.origins.items() if key[1] not in same},
        assumed=tuple(each for each in assumed if not _is_answered(each, same)),
        untranslated=tuple(sorted(untranslated)),
    )


def _accepts(account: Imported, role: str, kind: str) -> bool:
    """Whether the role trusts an issuer of the kind: GitHub for workflows, another one for clusters."""
    issuers = [each["from"] for each in account.trust if each["to"] == role and each["kind"] == "federate"]
    return any((GITHUB in issuer) == (kind == "github-actions") for issuer in issuers if "oidc-provider" in issuer)


def _is_answered(assumed: Assumed, same: Mapping[str, str]) -> bool:
    """True for what was assumed about a trust policy that is now there."""
    return any(assumed.about == f"the trust policy of {name.removeprefix(CLOUD)}" for name in same)
