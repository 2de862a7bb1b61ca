"""What is taken from one user or role of an account: a policy, a trust, the length of its sessions."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.artifacts.exported_account import ExportedAccount, HeldDocument, Json, Where
from simkit.artifacts.statement_cut import parting, texts
from simkit.importers.aws.account import AwsPrincipal, clean, shown_arn
from simkit.importers.aws.aws import AccountRead
from simkit.model import Role, TrustEdge
from simkit.rights import Statement
from simkit.rights.request import account_of, arn_part

ASSUME = "sts:AssumeRole"


@dataclass(frozen=True, slots=True)
class TakenStatement:
    """How a statement is taken from one user or role: out of its own `document`, or by detaching the managed policy
    `arn`, which stands at `where` in `file`."""

    statement: Statement
    document: HeldDocument | None
    arn: str = ""
    file: str = ""
    where: Where = ()


@dataclass(frozen=True, slots=True)
class PrincipalCuts:
    """Finds and makes such changes. `arns` are those of identities, by their names in the scenario."""

    read: AccountRead
    export: ExportedAccount
    arns: Mapping[str, str]

    def _principal(self, name: str) -> AwsPrincipal | None:
        found = self.read.accounts.principals.get(self.arns.get(name, ""))
        return None if found is None or found.is_fixed else found

    def takes(self, identity: str, role: Role) -> list[TakenStatement]:
        """How what the scenario's `role` gives is taken from `identity`; nothing where others would lose it, too."""
        who = self._principal(identity)
        held = self.read.sheet.statements_of(role.name)
        if who is None or not held:
            return []
        parts = parting((each.operation for each in role.entitlements), held)
        found = [self._way(who, each) for each in parts]
        return [each for each in found if each is not None] if all(found) else []

    def _way(self, who: AwsPrincipal, statement: Statement) -> TakenStatement | None:
        document, origin = self.export.document_of(statement.origin), statement.origin
        own = ("role" if who.is_role else "user", who.principal.name, who.principal.account)
        if document is not None and (document.kind, document.owner, document.account) == own:
            return TakenStatement(statement, document)
        arn = self.export.managed_arn(origin)
        at = self.export.attachment(who.arn, arn) if arn else None
        return TakenStatement(statement, None, arn, *at) if at else None

    def take(self, identity: str, role: Role) -> list[HeldDocument | str]:
        """Take what `role` gives from `identity`; the documents that change, or the calls."""
        who = self._principal(identity)
        return [self._taken(who, each) for each in self.takes(identity, role)] if who else []

    def _taken(self, who: AwsPrincipal, how: TakenStatement) -> HeldDocument | str:
        if how.document is not None:
            self.export.say(how.document, how.statement, {})
            return how.document
        kind = "role" if who.is_role else "user"
        name = shlex.quote(who.principal.name)
        call = f"aws iam detach-{kind}-policy --{kind}-name {name} --policy-arn {shlex.quote(how.arn)}"
        self.export.call(call, who.principal.account, how.file, how.where, {})
        return call

    def untrusts(self, edge: TrustEdge) -> bool:
        """True if the trust policy of the edge's target can close it."""
        role = self._principal(edge.target)
        return self._trust_of(role) is not None and bool(self._named(role, edge) or self._let_in(role, edge))

    def untrust(self, edge: TrustEdge) -> list[HeldDocument | str]:
        """Close the edge: who is named is named no more, and who is let in with its account is denied."""
        role = self._principal(edge.target)
        document = self._trust_of(role)
        if role is None or document is None:
            return []
        named = list(self._named(role, edge))
        for statement, name in named:
            was = self.export.statement(statement)
            left = _without(was.get("Principal"), name)
            self.export.say(document, statement, {**was, "Principal": left} if left else {})
        let_in = self._let_in(role, edge)
        if let_in:
            self.export.deny(document, ASSUME, Principal={"AWS": let_in})
        return [document] if named or let_in else []

    def _trust_of(self, role: AwsPrincipal | None) -> HeldDocument | None:
        return self.export.document_of(role.trust.origin) if role is not None and role.trust is not None else None

    def _named(self, role: AwsPrincipal | None, edge: TrustEdge) -> list[tuple[Statement, str]]:
        """The statements that name the edge's source, and how they call it."""
        return [(statement, name) for statement, kind, name in _names(role) if self._is(kind, name, edge)]

    def _is(self, kind: str, name: str, edge: TrustEdge) -> bool:
        if kind == "Federated":
            return edge.kind == "federate" and clean(f"identities of {arn_part(name, 5) or name}") == edge.source
        return kind == "AWS" and edge.kind == "assume" and edge.source == shown_arn(name)

    def _let_in(self, role: AwsPrincipal | None, edge: TrustEdge) -> str:
        """The ARN of the source, where the trust policy lets in all of its account; else nothing."""
        arn = self.arns.get(edge.source, "")
        accounts = (
            "*" if name == "*" else account_of(name) or name
            for _, kind, name in _names(role)
            if kind == "AWS" and (name == "*" or name.isdigit() or arn_part(name, 5) == "root")
        )
        return arn if arn and edge.kind == "assume" and {"*", account_of(arn)} & set(accounts) else ""

    def session(self, role: str) -> tuple[str, Where] | None:
        """Where the export says how long a session of the role lives; None where it does not."""
        found = self._principal(role)
        at = self.export.entry(found.arn) if found is not None and found.is_role else None
        where = (*at[1], "MaxSessionDuration") if at else ()
        return (at[0], where) if at and isinstance(self.export.value(at[0], where), int) else None

    def shorten(self, role: str, seconds: int) -> list[HeldDocument | str]:
        """Let sessions of the role live so many seconds at most; the call."""
        found, at = self._principal(role), self.session(role)
        if found is None or at is None:
            return []
        call = f"aws iam update-role --role-name {shlex.quote(found.principal.name)} --max-session-duration {seconds}"
        self.export.call(call, found.principal.account, *at, seconds)
        return [call]


def _names(role: AwsPrincipal | None) -> Iterator[tuple[Statement, str, str]]:
    """Whom the trust policy lets in: the statement, the kind and the name."""
    for each in role.trust.statements if role and role.trust else ():
        if each.allows and each.principals is not None and not each.principals_negated:
            yield from ((each, "AWS", "*") for _ in range(each.principals.everyone))
            yield from ((each, kind, name) for kind, name in each.principals.names)


def _without(principal: Any, name: str) -> Json | str:
    """`principal` without one name; empty where it is the only one."""
    if not isinstance(principal, dict):
        return {}
    kept = {kind: [each for each in texts(names) if each != name] for kind, names in principal.items()}
    return {kind: names for kind, names in kept.items() if names}
