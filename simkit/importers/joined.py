"""Parts of several kinds as one: what one names and an account has, a role or a key, stands once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from simkit.importers.asked_of_token import PART, AskedOfToken
from simkit.importers.aws.account import shown_arn
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import Assumed, Imported, Untranslated
from simkit.importers.secret_mark import secret_mark

CLOUD = "cloud:"
"""How importers call a role of the cloud that is in none of their own files."""
GITHUB = "token.actions.githubusercontent.com"
"""The issuer of the tokens of workflows (docs.github.com, "OpenID Connect")."""
SUBJECTS = (f"repo:{PART}:ref:refs/*", f"repo:{PART}:pull_request")
"""What the token of a job without an environment may say of itself (docs.github.com, "Example subject claims")."""
_KEY = re.compile(r"^access key (\S+) of ")
_SERVICE_ACCOUNT = re.compile(r"^sa:([^/]+)/(.+)$")


def joined(parts: Sequence[Imported]) -> tuple[Imported, ...]:
    """`parts`, in which a role or an access key that an account has stands once.

    A role is entered only where its trust policy names the kind of issuer and asks for nothing that the token cannot
    claim. What it must claim besides is assumed to be claimed, and said.
    """
    account = next((each for each in parts if each.kind == "aws"), None)
    if account is None:
        return tuple(parts)
    return tuple(each if each is account else _with_keys(_joined(each, account), account) for each in parts)


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
            continue
        asked, refused = _asked(part, account, edge["from"], role)
        if refused:
            place = part.origins.get(("identities", edge["from"])) or FilePlace(next(iter(part.read), part.kind))
            untranslated.append(Untranslated(place, f"{edge['from']} becomes {role}", refused))
        else:
            edges.append({**edge, "to": role})
            why = "whose token claims what, no file says"
            assumed.append(Assumed(f"{edge['from']} becomes {role}", f"it claims {asked or 'what is asked for'}", why))
    return replace(
        part,
        sections={**_delegating(part, same, edges), "identities": identities},
        trust=tuple(edges),
        origins={key: place for key, place in part.origins.items() if key[1] not in same},
        assumed=tuple(each for each in assumed if not _is_answered(each, same)),
        untranslated=tuple(sorted(untranslated)),
    )


def _delegating(part: Imported, same: Mapping[str, str], edges: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The sections of `part`, whose tasks become the roles of the account that they can enter."""
    ends = {(edge["from"], edge["to"]) for edge in edges}
    tasks = dict[str, Mapping[str, Any]]()
    for name, said in part.sections.get("tasks", {}).items():
        others = [same.get(each, each) for each in said.get("delegates_to", ())]
        kept = [each for each in others if each not in same.values() or (said["identity"], each) in ends]
        rest = {key: value for key, value in said.items() if key != "delegates_to"}
        tasks[name] = {**rest, **({"delegates_to": kept} if kept else {})}
    return {**part.sections, **({"tasks": tasks} if tasks else {})}


def _asked(part: Imported, account: Imported, source: str, role: str) -> tuple[str, str]:
    """What the role asks of the token of `source`, in words, and why it surely refuses it (empty: it may not)."""
    issuers = [each["from"] for each in account.trust if each["to"] == role and each["kind"] == "federate"]
    fitting = [name for name in issuers if "oidc-provider" in name and (GITHUB in name) == (part.kind != "kubernetes")]
    if not fitting:
        return "", "the trust policy of the role names no such issuer"
    statements = [each for name in fitting for each in account.asked.get((name, role), (AskedOfToken(),))]
    token = _token(part, source)
    refusals = [each.refused(token) for each in statements]
    if all(refusals):
        return "", f"the trust policy of the role asks for {refusals[0]}, which its token does not claim"
    return "; ".join(str(each) for each, refusal in zip(statements, refusals, strict=True) if not refusal), ""


def _token(part: Imported, source: str) -> dict[str, tuple[str, ...]]:
    """Globs of what the token of `source` may claim, as far as files tell."""
    account = _SERVICE_ACCOUNT.match(source)
    if account:
        return {"sub": (f"system:serviceaccount:{account[1]}:{account[2]}",)}
    tasks = [said for said in part.sections.get("tasks", {}).values() if said["identity"] == source]
    if part.kind != "github-actions" or not tasks:
        return {}
    environment = str(tasks[0].get("claims", {}).get("environment", ""))
    if not environment:
        return {"sub": SUBJECTS, "environment": ()}
    known = "*" if "${" in environment else environment
    return {"sub": (f"repo:{PART}:environment:{known}",), "environment": (known,)}


def _with_keys(part: Imported, account: Imported) -> Imported:
    """`part`, in which a secret that is the id of a key of the account is that key: by its mark, never by its value."""
    credentials = part.sections.get("credentials", {})
    marks = {
        secret_mark(found[1]): name for name in account.sections.get("credentials", {}) if (found := _KEY.match(name))
    }
    same = {name: marks[name] for name in credentials if name in marks}
    if not same:
        return part
    users = account.sections["credentials"]
    edges = [
        {"from": users[key]["identity"], "to": credentials[name]["identity"], "kind": "assume", "ttl": "1h"}
        for name, key in same.items()
    ]
    sections = {section: dict(_renamed(things, same)) for section, things in part.sections.items()}
    return replace(
        part,
        sections=sections,
        trust=(*part.trust, *edges),
        origins={key: place for key, place in part.origins.items() if key[1] not in same},
    )


def _renamed(things: Mapping[str, Mapping[str, Any]], same: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The things of a section without the credentials that are the account's, which are named where they lie."""
    for name, said in things.items():
        if name in same or said.get("leak") in same:
            continue
        lists = {key: [same.get(each, each) for each in said[key]] for key in ("holds", "runtime_holds") if key in said}
        yield name, {**said, **lists}


def _is_answered(assumed: Assumed, same: Mapping[str, str]) -> bool:
    """True for what was assumed about a trust policy that is now there."""
    return any(assumed.about == f"the trust policy of {name.removeprefix(CLOUD)}" for name in same)
