"""An account of AWS as a scenario: who may do what, become whom, and change what others may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.errors import InputError
from simkit.importers.aws.access_keys import enter_keys, enter_root_keys
from simkit.importers.aws.account import LISTS, AwsAccounts, is_account, origin_of, read_accounts, reason_of
from simkit.importers.aws.account_powers import AccountPowers, services_of
from simkit.importers.aws.beyond_iam import tell_unchangeable
from simkit.importers.aws.effective import Effective
from simkit.importers.aws.inventory import Inventory
from simkit.importers.aws.last_accessed import LIST, LastAccessed, enter_uses, is_last_accessed, read_last_accessed
from simkit.importers.aws.listed_things import NAMES, listed_kind, read_listed
from simkit.importers.aws.session_lengths import SessionLengths
from simkit.importers.aws.sheet import Sheet
from simkit.importers.aws.stores import Stores
from simkit.importers.aws.terraform import is_terraform, read_terraform
from simkit.importers.aws.trust_edges import TrustAsker
from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.importer import Importer
from simkit.importers.source_file import SourceDocument, SourceFile
from simkit.rights import Organization, read_organization

MARKS = (*(f'"{name}"' for name in (*LISTS, *NAMES, "root_module", "Children", "ReportFormat", LIST)), "Statement")
"""What the text of a file has in it that may be of this kind."""
MOST_STARTS = 100
"""How many access keys are proposed as entry points: `simkit rank` ranks all of them anyway."""


@dataclass(frozen=True, slots=True)
class AccountRead:
    """What files tell of accounts, and how the scenario calls it: `sheet` knows the statements behind each role, and
    `stores` the name of each store by its ARN."""

    accounts: AwsAccounts
    sheet: Sheet
    stores: Mapping[str, str]


def translate(files: Sequence[SourceFile], draft: Draft) -> None:
    """Put what the files tell of an account into `draft`."""
    account_in(files, draft)


def account_in(files: Sequence[SourceFile], draft: Draft) -> AccountRead:
    """What the files tell of an account, put into `draft`."""
    bodies = list(_bodies(files, draft))
    accounts = read_accounts([each for each in bodies if is_account(each.value)], draft)
    organization = _organization([each for each in bodies if _is_tree(each.value)], draft)
    inventory, lengths = Inventory(), SessionLengths()
    used = [each for body in bodies if is_last_accessed(body.value) for each in _used(body, accounts)]
    for body in bodies:
        if is_terraform(body.value):
            read_terraform(body, accounts, inventory, lengths)
        elif listed_kind(body.value):
            draft.count(body.document.file)
            read_listed(body, accounts, inventory, lengths)
    inventory.join_keys()
    found = _enter(accounts, inventory, Effective(organization, accounts.newest), lengths, draft)
    enter_uses(used, accounts, draft)
    return found


def _bodies(files: Sequence[SourceFile], draft: Draft) -> Iterator[Excerpt]:
    for file in files:
        draft.count(file.path, 0)
        for document in file.documents:
            for problem in document.problems:
                draft.leave(FilePlace(problem.file, problem.line, problem.column), "a part", problem.message)
            if _is_own(document):
                yield Excerpt(document, draft, document.value)
            else:
                draft.leave(document.origin(), "the document", "it is no export of an account, and no list of things")


def _used(body: Excerpt, accounts: AwsAccounts) -> Iterator[LastAccessed]:
    found = read_last_accessed(body, accounts)
    if found is not None:
        body.draft.count(body.document.file)
        yield found


def _organization(bodies: Sequence[Excerpt], draft: Draft) -> Organization | None:
    found = None
    for body in bodies:
        try:
            found = read_organization(body.value, origin_of(body))
            draft.count(body.document.file)
        except InputError as error:
            draft.leave(body.origin, "the organization", reason_of(error))
    return found


def _enter(
    accounts: AwsAccounts, inventory: Inventory, effective: Effective, lengths: SessionLengths, draft: Draft
) -> AccountRead:
    sheet = Sheet(draft)
    for each in accounts.principals.values():
        said: dict[str, Any] = {"kind": "service" if each.is_role else "human"}
        said |= {"note": f"last used {each.last_used[:10]}"} if each.last_used else {}
        draft.put("identities", each.name, said, each.place)
    stores = Stores(accounts, inventory, effective, sheet)
    stores.enter(draft)
    administrators = set[str]()
    for account in accounts.ids:
        powers = AccountPowers(account, accounts, inventory, effective, sheet, stores, draft)
        _administrator(powers, stores, draft)
        for each in powers.own:
            given = powers.of(each.principal, each.name)
            if powers.administers(each.principal) is None:
                stores.give(each.principal, given)
            else:
                administrators.add(each.arn)
            roles = sheet.roles(given)
            if roles:
                draft.sections["identities"][each.name]["roles"] = roles
            if not each.is_role:
                enter_keys(each, given, inventory, draft)
        enter_root_keys(account, powers.everything, inventory, draft)
        _starts(powers, draft)
    TrustAsker(accounts, effective, sheet, draft, administrators, lengths).enter()
    _held(inventory, stores, draft)
    sheet.finish()
    tell_unchangeable(accounts, sheet, draft)
    return AccountRead(accounts, sheet, stores.names)


def _administrator(powers: AccountPowers, stores: Stores, draft: Draft) -> None:
    """Whoever has all rights of the account becomes everybody in it, and reads all that is in it."""
    resource = f"account {powers.account}"
    draft.put("resources", resource, {"kind": "other"})
    operations = draft.put("tools", "account", {"operations": {}})["operations"]
    operations[f"Administer {powers.account}"] = {"effect": "write", "targets": [resource]}
    given: list[dict[str, Any]] = [{"operation": f"account.Administer {powers.account}"}]
    own = [stores.names[each.arn] for each in stores.stores if each.account in ("", powers.account)]
    if own:
        operations[f"ReadAll {powers.account}"] = {"effect": "read", "targets": own}
        operations[f"WriteAll {powers.account}"] = {"effect": "write", "targets": own}
        given += [{"operation": f"account.{each} {powers.account}"} for each in ("ReadAll", "WriteAll")]
    note = "stands for whoever has all rights of the account"
    draft.put("identities", powers.administrator, {"kind": "service", "entitlements": given, "note": note})
    for each in powers.own:
        if not each.is_fixed:
            draft.trusts(powers.administrator, each.name, "assume", ttl="1h")
    performed = [f"account.Administer {powers.account}"]
    draft.put("goals", f"administrator of {powers.account}", {"performed": performed})


def _starts(powers: AccountPowers, draft: Draft) -> None:
    """Proposed: each access key leaks, and what runs as a role of a service is taken over."""
    credentials = draft.sections.get("credentials", {})
    own = {each.name for each in powers.users}
    found: list[tuple[str, dict[str, Any], FilePlace | None]] = []
    for name, said in credentials.items():
        if said["kind"] == "access key" and said["identity"] in own:
            found.append((f"{name} leaks", {"leak": name}, draft.origins.get(("credentials", name))))
    for each in powers.roles:
        if services_of(each) or not powers.users:
            found.append((f"{each.name} is taken over", {"compromise": each.name}, each.place))
    for name, start, place in found[:MOST_STARTS]:
        draft.put("entry_points", name, start, place)
    if len(found) > MOST_STARTS:
        why = f"`simkit rank` ranks all {len(found):,}"
        draft.assume(f"entry points of {powers.account}", f"the first {MOST_STARTS}", why)


def _held(inventory: Inventory, stores: Stores, draft: Draft) -> None:
    """Keys whose ids stand in a store or beside code lie there."""
    names = {key.id: key for key in inventory.keys if key.id}
    known = draft.sections.get("credentials", {})

    def found(ids: Sequence[str]) -> list[str]:
        held = [name for name in known for each in ids if each in names and f" {each} of " in name]
        return list(dict.fromkeys(held))

    for store in stores.stores:
        if found(store.keys):
            draft.sections["resources"][stores.names[store.arn]]["holds"] = found(store.keys)


def _is_tree(value: Any) -> bool:
    """True for the root of an organization's tree."""
    return isinstance(value, dict) and str(value.get("Id", "")).startswith("r-") and "Policies" in value


def _is_own(document: SourceDocument) -> bool:
    value = document.value
    own = (is_account, is_terraform, listed_kind, _is_tree, is_last_accessed)
    return any(each(value) for each in own)


def _suspects(file: SourceFile) -> bool:
    return file.path.endswith(".json") and any(mark in file.text for mark in MARKS)


def _claims(file: SourceFile) -> bool:
    return any(map(_is_own, file.documents))


AWS = Importer(
    "aws",
    "exports of AWS accounts, lists of what is in them, organizations, Terraform plans",
    _suspects,
    _claims,
    translate,
    (
        "what other accounts may do to this one, beyond what trust and resource policies say",
        "what a service checks by itself, policies of VPC endpoints, access control lists",
        "groups and people of the directory behind permission sets",
        "which data is in which store, and what it is worth",
        "whether an instance can be reached over the network",
    ),
)
