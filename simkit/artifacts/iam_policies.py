"""Policies of AWS IAM: documents by name with the calls that bring them, for what an export was imported as."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from simkit.artifacts.artifact import ArtifactKind, Wording
from simkit.artifacts.exported_account import ExportedAccount, HeldDocument, checked
from simkit.artifacts.principal_cut import PrincipalCuts
from simkit.artifacts.sources import ImportedSources
from simkit.artifacts.statement_cut import StatementCut, cuts, takers
from simkit.entitlements import Grant
from simkit.importers.aws.aws import AccountRead, account_in
from simkit.importers.draft import Draft
from simkit.narrowing import AddCondition, CutTrust, DropEntitlements, DropRole, Holder, MoveCredential, Narrowing
from simkit.narrowing.edits.globs import by_operation
from simkit.narrowing.edits.limits import AskSource
from simkit.narrowing.edits.restrictions import ShortenSession
from simkit.rights import Statement
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers

FOLDER = "aws"
SHORTEST = 3600.0
"""Seconds that the longest session of a role lives at least (AWS, "Update the maximum session duration")."""
MOST_SINGLE = 20
"""An operation on more targets than this is taken away from all of them, or from none."""


class IamAccount:
    """What was imported, with what is to change in it."""

    def __init__(self, scenario: Scenario, sources: ImportedSources) -> None:
        files = sources.files("aws")
        self.read: AccountRead = account_in(files, Draft("aws"))
        self.export = ExportedAccount(files, os.path.join(sources.folder, FOLDER))
        self.arns = {each.name: each.arn for each in self.read.accounts.principals.values()}
        self.arns |= {name: arn for arn, name in self.read.stores.items()}
        self.principals = PrincipalCuts(self.read, self.export, self.arns)
        self.givers = Givers(scenario.model)
        self.takers = takers(name for name, _, _ in scenario.model.operations())

    def statements(self, role: str) -> list[tuple[Statement, HeldDocument]] | None:
        """The statements behind the scenario's `role`, each with its document; None where one cannot be changed."""
        found = [(each, self.export.document_of(each.origin)) for each in self.read.sheet.statements_of(role)]
        known = [(statement, document) for statement, document in found if document is not None]
        return known if known and len(known) == len(found) else None

    def cuts(self, drop: DropEntitlements) -> list[StatementCut]:
        """What is to change so that a role gives the grants no more; none where no statement can say it."""
        if drop.holder.kind != "role":
            return []
        statements = self.statements(drop.holder.name) or []
        given = by_operation(self.givers.gives.get(drop.holder, {}))
        found = list[StatementCut]()
        for operation, dropped in by_operation(drop.grants).items():
            every = set(given.get(operation, ())) <= set(dropped)
            targets = None if every else [self.arns.get(target, "") for target in dropped]
            some = cuts(operation, statements, targets, self.takers)
            if not some:
                return []
            found += some
        return found


def offers(scenario: Scenario, sources: ImportedSources | None) -> Iterator[Narrowing]:
    """Each operation that statements give no more, on all or on one of its targets; each role that is taken from who
    has it by a policy of its own; each trust that is cut, and each session of a role that is shortened to an hour."""
    assert sources is not None
    found = IamAccount(scenario, sources)
    for role in scenario.model.roles:
        holder = Holder("role", role)
        for drop in _drops(holder, found.givers.gives.get(holder, {})):
            if found.cuts(drop):
                yield drop
    for each in scenario.model.identities.values():
        for name in each.roles:
            if found.principals.takes(each.name, scenario.model.roles[name]):
                yield DropRole(each.name, name)
    for edge in scenario.model.trust:
        if found.principals.untrusts(edge):
            yield CutTrust(edge.name)
        if edge.ttl is not None and edge.ttl > SHORTEST and found.principals.session(edge.target):
            yield ShortenSession(edge.name, SHORTEST)


def _drops(holder: Holder, gives: Iterable[Grant]) -> Iterator[DropEntitlements]:
    for operation, targets in by_operation(gives).items():
        grants = tuple((operation, target) for target in targets)
        yield DropEntitlements(holder, grants)
        if 1 < len(grants) <= MOST_SINGLE:
            yield from (DropEntitlements(holder, (each,)) for each in grants)


def carry(scenario: Scenario, sources: ImportedSources | None, narrowings: Sequence[Narrowing]) -> Wording:
    """The documents and calls that say `narrowings`, and why they cannot say the others."""
    assert sources is not None
    found = IamAccount(scenario, sources)
    made = {each: _carried(each, scenario, found) for each in narrowings}
    texts = found.export.written()
    said = {each: "; ".join(found.export.calls_of(how)) for each, how in made.items() if how}
    unsaid = {each: _why_not(each, scenario) for each, how in made.items() if not how}
    return Wording(texts, said, unsaid, tuple(checked(found.export, texts)), found.export.reread())


def _carried(narrowing: Narrowing, scenario: Scenario, found: IamAccount) -> list[HeldDocument | str]:
    """Put `narrowing` into the account: the documents that change by it, and the calls that do it."""
    edges = {each.name: each for each in scenario.model.trust}
    if isinstance(narrowing, DropEntitlements):
        cut = found.cuts(narrowing)
        for each in cut:
            each.enter(found.export)
        return list(dict.fromkeys(each.document for each in cut))
    if isinstance(narrowing, DropRole):
        return found.principals.take(narrowing.identity, scenario.model.roles[narrowing.role])
    if isinstance(narrowing, CutTrust):
        return found.principals.untrust(edges[narrowing.edge])
    if isinstance(narrowing, ShortenSession) and narrowing.ttl >= SHORTEST:
        return found.principals.shorten(edges[narrowing.edge].target, int(narrowing.ttl))
    return []


def _why_not(narrowing: Narrowing, scenario: Scenario) -> str:
    if isinstance(narrowing, DropEntitlements):
        if narrowing.holder.kind == "role" and narrowing.holder.name in scenario.model.roles:
            return "no statement that the account itself can change says it alone"
        return f"no statement is behind what {narrowing.holder} may do"
    if isinstance(narrowing, DropRole):
        return "it has this by a group, or by a policy that no call takes from it alone: take it out of the group"
    if isinstance(narrowing, CutTrust):
        return "no statement of a trust policy in the export names who stands there"
    if isinstance(narrowing, AddCondition | AskSource):
        return "from where it is to work is in no file: put aws:SourceIp or aws:SourceVpce into the statement"
    if isinstance(narrowing, MoveCredential):
        return "delete the key there and make a new one (`aws iam delete-access-key`, `create-access-key`)"
    return "policies of IAM have no word for it"


AWS = ArtifactKind(
    "aws",
    "policy documents of IAM by name, and the calls of the AWS CLI that bring them",
    "aws",
    offers,
    carry,
    (
        "less for one member of a group, or one holder of a policy, than for the others",
        "what policies that AWS manages give: they can be detached, and not changed",
        "from which addresses a key works: no file says which are its own",
        "a life of an access key, an approval before a call, a dial of a grant policy",
        "policies of buckets, organizations, and the configuration that a Terraform plan is made of",
    ),
)
"""An export is nothing that people apply: what they apply are documents and calls, and the export is made again."""
