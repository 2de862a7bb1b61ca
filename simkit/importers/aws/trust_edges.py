"""Who may become which role: both sides asked, the trust policy and the rights of who asks."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from simkit.importers.asked_of_token import AskedOfToken, asked
from simkit.importers.aws.account import AwsAccounts, AwsPrincipal, clean, label, place_of, places_of, shown_arn
from simkit.importers.aws.effective import Effective
from simkit.importers.aws.session_lengths import CHAINED, SessionLengths, session_like
from simkit.importers.aws.sheet import HUB, Sheet
from simkit.importers.aws.target_list import TargetList
from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.rights import (
    Access,
    Caller,
    CredentialKind,
    Decision,
    Origin,
    PolicyDocument,
    Principal,
    Request,
    Statement,
    Target,
    policy_document,
)
from simkit.rights.document import Clause
from simkit.rights.request import Told, account_of, arn_part

MFA = "aws:multifactorauthpresent"
EXTERNAL_ID = "sts:externalid"
ASSUME = "sts:AssumeRole"
UNSEEN = "unseen"
"""The file of policies that no file has."""


class TrustAsker:
    """Enters the trust edges of all roles. `administrators` become everybody in their own account anyway."""

    def __init__(
        self,
        accounts: AwsAccounts,
        effective: Effective,
        sheet: Sheet,
        draft: Draft,
        administrators: Container[str],
        lengths: SessionLengths,
    ) -> None:
        self.accounts = accounts
        self.effective = effective
        self.sheet = sheet
        self.draft = draft
        self.lengths = lengths
        self.roles = accounts.roles
        self._ids = frozenset(accounts.ids)
        self._list = TargetList(Target(each.arn) for each in self.roles)
        self._administrators = administrators
        self._sessions: dict[tuple[str, str], list[AwsPrincipal]] = {}
        for each in self.roles:
            self._sessions.setdefault((each.principal.account, each.principal.name), []).append(each)

    def enter(self) -> None:
        """Put an edge from each who may become a role to that role."""
        for role in self.roles:
            if role.trust is None or role.is_fixed:
                self._fixed(role)
                continue
            for other in self._named(role):
                self._edge(other, role)
            self._outside(role)
        self._by_account()

    def _by_account(self) -> None:
        """Those who may ask, and the roles that trust everybody in their account who may."""
        open_to: dict[str, list[int]] = {}
        for at, role in enumerate(self.roles):
            for account in _accounts(role) if not role.is_fixed else ():
                open_to.setdefault(account, []).append(at)
        if not open_to:
            return
        for other in self.accounts.principals.values():
            asked = self.effective.reached(other.principal, ASSUME, self._list)
            inviting = asked.intersection(open_to.get(other.principal.account, ())).union(open_to.get("*", ()))
            found = [self.roles[at] for at in sorted(inviting)]
            self._many(other, self._uncovered(other, found))

    def _is_covered(self, other: AwsPrincipal, role: AwsPrincipal) -> bool:
        return not self._uncovered(other, [role])

    def _uncovered(self, other: AwsPrincipal, roles: Sequence[AwsPrincipal]) -> list[AwsPrincipal]:
        """Those of `roles` that `other` neither is nor becomes as an administrator of its account."""
        if other.arn in self._administrators:
            account = other.principal.account
            return [each for each in roles if each.principal.account != account]
        return [each for each in roles if each is not other]

    def _many(self, other: AwsPrincipal, roles: Sequence[AwsPrincipal]) -> None:
        """Edges to `roles`; to many that ask for nothing, by way of one identity that stands for them."""
        plain = [each for each in roles if _asks_for_nothing(each)]
        if len(plain) > HUB and self.effective.is_alike(other.principal, ASSUME):
            decision, claims = self._asked(other, plain[0])
            if decision.access == Access.ALLOWED and not claims:
                name = self.sheet.hub([each.name for each in plain])
                said = _said(decision)
                self.draft.trusts(other.name, name, "assume", _place(decision), ttl=f"{CHAINED}s", note=said)
                roles = [each for each in roles if not _asks_for_nothing(each)]
        for role in roles:
            self._edge(other, role)

    def _fixed(self, role: AwsPrincipal) -> None:
        """A role of a permission set is entered by people of the directory; one of a service by that alone."""
        if "/aws-reserved/" in role.arn:
            self._outside(role)

    def _named(self, role: AwsPrincipal) -> Iterator[AwsPrincipal]:
        """Those whom the trust policy names."""
        found: dict[str, AwsPrincipal] = {}
        for kind, name in _names(role):
            if kind == "AWS" and name in self.accounts.principals:
                found[name] = self.accounts.principals[name]
            elif kind == "AWS" and ":assumed-role/" in name:
                found |= {each.arn: each for each in self._session_of(name)}
        yield from (each for each in found.values() if not self._is_covered(each, role))

    def _session_of(self, name: str) -> list[AwsPrincipal]:
        """The roles whose session `name` may be: it has the role's name without the path."""
        session = arn_part(name, 5).split("/")
        return self._sessions.get((account_of(name), session[1]), []) if len(session) > 1 else []

    def _edge(self, other: AwsPrincipal, role: AwsPrincipal) -> None:
        decision, claims = self._asked(other, role)
        if decision.access == Access.DENIED:
            return
        longest = self.lengths.of(role, self.draft)
        self._trusts(other.name, role, "assume", min(longest, CHAINED) if other.is_role else longest, decision, claims)

    def _lives(self, role: AwsPrincipal, ttl: int = 0) -> dict[str, Any]:
        """How long a session of `role` lives, and what ends it before."""
        return {"ttl": f"{ttl or self.lengths.of(role, self.draft)}s", "session": {"like": session_like(role)}}

    def _asked(self, other: AwsPrincipal, role: AwsPrincipal) -> tuple[Decision, dict[str, str]]:
        """The decision, and what must be claimed for it: a second factor, where a key has none."""
        told = _told(role)
        target = Target(role.arn, policy=role.trust, tags=role.principal.tags)
        caller = Caller(other.principal)
        decision = self.effective.decision(Request(caller, ASSUME, target, told))
        if decision.access != Access.DENIED or other.is_role:
            return decision, {}
        console = Caller(other.principal, CredentialKind.CONSOLE, mfa=True)
        return self.effective.decision(Request(console, ASSUME, target, told)), {MFA: "true"}

    def _trusts(
        self, name: str, role: AwsPrincipal, kind: str, ttl: int, decision: Decision, claims: Mapping[str, str]
    ) -> None:
        more = self._lives(role, ttl)
        if claims:
            more["conditions"] = [{"claims": dict(claims)}]
        if _said(decision):
            more["note"] = _said(decision)
        if decision.access == Access.MAY_BE:
            why = "; ".join(dict.fromkeys(f"{each.kind} {each.name}" for each in decision.doubts))
            self.draft.assume(name, "what trust policies ask of it is met", clean(why)[:300])
        self.draft.trusts(name, role.name, kind, _place(decision), **more)

    def _outside(self, role: AwsPrincipal) -> None:
        """Those whom the trust policy names and no file has."""
        for statement in role.trust.statements if role.trust else ():
            if not statement.allows or statement.principals is None or statement.principals_negated:
                continue
            everyone = [("AWS", "*")] if statement.principals.everyone else []
            for kind, name in (*everyone, *statement.principals.names):
                if kind == "Federated":
                    self._federated(name, statement, role)
                elif kind == "AWS" and self._is_outside(name):
                    self._stranger(name, statement, role)

    def _is_outside(self, name: str) -> bool:
        if name == "*":
            return True
        account = account_of(name) or (name if name.isdigit() else "")
        if arn_part(name, 5) == "root" or name.isdigit():
            return account not in self._ids
        if ":assumed-role/" in name:
            return not self._session_of(name)
        return bool(account) and name not in self.accounts.principals

    def _stranger(self, name: str, statement: Statement, role: AwsPrincipal) -> None:
        """Another account, or a principal of which no file tells what it may: it may."""
        shown = "anybody with an account of AWS" if name == "*" else shown_arn(name)
        asked = Principal(name if account_of(name) else "arn:aws:iam::000000000000:user/stranger", (_anything(),))
        if arn_part(name, 5) == "root" or name.isdigit():
            asked = Principal(f"arn:aws:iam::{account_of(name) or name}:user/stranger", (_anything(),))
        target = Target(role.arn, policy=role.trust)
        if asked.is_role or not any(part in name for part in (":assumed-role/", ":federated-user/")):
            decision = self.effective.decision(Request(Caller(asked), ASSUME, target, _told(role)))
            if decision.access == Access.DENIED:
                return
        self.draft.put("identities", shown, {"kind": "service", "note": "in no file"}, place_of(statement))
        self.draft.assume(shown, "it may ask for the roles that trust it", "its own policies are in no file")
        more = {"note": label(statement), **self._lives(role)}
        self.draft.trusts(shown, role.name, "assume", place_of(statement), **more)
        self.draft.put("entry_points", f"{shown} asks", {"compromise": shown}, place_of(statement))

    def _federated(self, provider: str, statement: Statement, role: AwsPrincipal) -> None:
        name = clean(f"identities of {arn_part(provider, 5) or provider}")
        self.draft.put("identities", name, {"kind": "service"}, place_of(statement))
        self.draft.put("entry_points", f"one of the {name} is taken over", {"compromise": name}, place_of(statement))
        self.draft.asked.setdefault((name, role.name), []).append(asked_of(statement.clauses))
        claims, open_ones = claims_of(statement.clauses)
        for key in open_ones:
            self.draft.assume(f"{key} in {label(statement)}", "it is met", "it asks for more than one text can fit")
        more = {**self._lives(role), "note": label(statement)}
        if claims:
            self.draft.assume(
                name, "they claim what is asked for", f"whose identities claim what stands at {label(statement)}"
            )
        self.draft.trusts(name, role.name, "federate", place_of(statement), **more)


def asked_of(clauses: Sequence[Clause]) -> AskedOfToken:
    """All that `clauses` ask of a token."""
    rows = ((each.key, _compared(each), [value.source for value in each.values]) for each in clauses)
    return asked(list(rows))


def _compared(clause: Clause) -> str:
    """The operator, where it is a plain one: it may stand before each of several values, or all of them."""
    return clause.operator.name if clause.operator is not None and not clause.null and not clause.if_exists else ""


def claims_of(clauses: Sequence[Clause]) -> tuple[dict[str, str], list[str]]:
    """What clauses ask of a token: a glob for each claim, and the keys that one glob cannot say."""
    found: dict[str, str] = {}
    open_ones = list[str]()
    for each in clauses:
        _, _, claim = each.key.rpartition(":")
        plain = each.operator is not None and each.operator.name in ("StringEquals", "StringLike")
        if plain and len(each.values) == 1 and claim not in found and not each.quantifier:
            found[claim] = each.values[0].source
        else:
            open_ones.append(each.key)
    return found, open_ones


def _names(role: AwsPrincipal) -> Iterator[tuple[str, str]]:
    for each in role.trust.statements if role.trust else ():
        if each.allows and each.principals is not None:
            yield from (("AWS", "*"),) if each.principals.everyone or each.principals_negated else each.principals.names


def _accounts(role: AwsPrincipal) -> set[str]:
    """The accounts that the trust policy lets in, where their own policies do; `*` for all."""
    found = set[str]()
    for kind, name in _names(role):
        if kind == "AWS" and (name == "*" or arn_part(name, 5) == "root" or name.isdigit()):
            found.add("*" if name == "*" else account_of(name) or name)
    return found


def _asks_for_nothing(role: AwsPrincipal) -> bool:
    """True if the trust policy is one statement that lets an account in, and asks for nothing more."""
    statements = role.trust.statements if role.trust else ()
    return len(statements) == 1 and statements[0].allows and not statements[0].clauses


def _said(decision: Decision) -> str:
    """The statements that allow it."""
    return label(*_allowing(decision)[:2])


def _place(decision: Decision) -> FilePlace | None:
    """Where the statements stand that allow it."""
    found = [each for each in _allowing(decision) if each.origin.file != UNSEEN]
    return places_of(found) if found else None


def _allowing(decision: Decision) -> list[Statement]:
    return [each.statement for each in decision.reasons if each.statement and each.statement.allows]


def _told(role: AwsPrincipal) -> Told:
    """The external id that the trust policy asks for is no secret: whoever asks says it."""
    statements = role.trust.statements if role.trust else ()
    wanted = [v.source for s in statements for c in s.clauses if c.key == EXTERNAL_ID for v in c.values]
    return {EXTERNAL_ID: (wanted[0],)} if wanted else {}


def _anything() -> PolicyDocument:
    return policy_document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, Origin(UNSEEN))
