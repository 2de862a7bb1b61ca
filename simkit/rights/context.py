"""What a request carries for conditions and variables to read, by the kind of credential that signs it.

From "Availability" of each key in
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and the table of principal
values in https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable.
A key that this page does not name may be there or not: nothing is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from simkit.rights.match import UNKNOWN, Unknown
from simkit.rights.request import OF_ROLES, OF_USERS, Caller, CredentialKind, Request, Told
from simkit.rights.truth import Truth


class Carried(NamedTuple):
    """What a request carries under one key: whether it is there, and its values; None where they are not known."""

    present: Truth
    values: tuple[str, ...] | None


ABSENT = Carried(False, ())
SOMETHING = Carried(True, None)
ANYTHING = Carried(None, None)

_TYPES = {
    CredentialKind.ROLE_SESSION: "AssumedRole",
    CredentialKind.FEDERATED_ROLE_SESSION: "AssumedRole",
    CredentialKind.FEDERATED_USER_SESSION: "FederatedUser",
    CredentialKind.ANONYMOUS: "Anonymous",
}
_ALWAYS = {"aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:securetransport", "aws:useragent"}
_ALWAYS |= {"aws:viaawsservice", "aws:userid", "aws:resourceaccount"}
_BY_SERVICES = {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}
_BY_SERVICES |= {"aws:principalservicename", "aws:principalservicenameslist"}
_OF_EC2 = {"ec2:sourceinstancearn", "aws:ec2instancesourcevpc", "aws:ec2instancesourceprivateipv4"}
_OF_IDENTITIES = ("aws:principaltag/", "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn")


class Context:
    """The keys of one request. `organization` is the id of the caller's organization, where it is known."""

    def __init__(self, request: Request, organization: str = "") -> None:
        self._request = request
        self._caller = request.caller
        self._organization = organization
        self._told: Told = {key.lower(): values for key, values in request.told.items()}

    def carried(self, key: str) -> Carried:
        """What is carried under `key`, in lower case."""
        if key in self._told:
            values = self._told[key]
            return ABSENT if values is None else Carried(True, values)
        found = self._by_credential(key)
        if found is ANYTHING:
            found = self._by_request(key)
        return ABSENT if found.present is None and self._request.closed else found

    def value(self, key: str) -> str | Unknown | None:
        """What a policy variable becomes; a key with several values cannot be one, so nothing is known of it."""
        found = self.carried(key)
        if found.present is False:
            return None
        return found.values[0] if found.values is not None and len(found.values) == 1 else UNKNOWN

    def _by_credential(self, key: str) -> Carried:
        caller, kind = self._caller, self._caller.kind
        temporary = kind in OF_ROLES or kind in (
            CredentialKind.CONSOLE,
            CredentialKind.USER_SESSION,
            CredentialKind.FEDERATED_USER_SESSION,
        )
        if kind == CredentialKind.LONG_TERM_KEY and (key.startswith("aws:multifactorauth") or key in _OF_EC2):
            return ABSENT
        if key == "aws:multifactorauthpresent" and temporary:
            return SOMETHING if caller.mfa is None else Carried(True, (str(caller.mfa).lower(),))
        if key == "aws:multifactorauthage" and temporary:
            return ANYTHING if caller.mfa is None else SOMETHING if caller.mfa else ABSENT
        if key == "aws:tokenissuetime":
            return SOMETHING if temporary else ABSENT if kind == CredentialKind.LONG_TERM_KEY else ANYTHING
        if key == "aws:federatedprovider":
            return SOMETHING if kind == CredentialKind.FEDERATED_ROLE_SESSION else ABSENT
        if kind == CredentialKind.ANONYMOUS and key.startswith(_OF_IDENTITIES):
            return ABSENT
        return self._by_principal(key)

    def _by_principal(self, key: str) -> Carried:
        caller, principal = self._caller, self._caller.principal
        if key == "aws:username":
            return Carried(True, (principal.name,)) if _is_user(caller) else ABSENT
        if key == "aws:principaltype":
            return _known(_type(caller))
        if key == "aws:userid":
            return _known(_user_id(caller))
        if key == "aws:principalarn" and principal.account:
            return SOMETHING if "/?" in caller.arn else Carried(True, (caller.arn,))
        if key == "aws:principalaccount":
            return _known(principal.account)
        if key == "aws:principalorgid" and self._organization:
            return Carried(True, (self._organization,))
        if key.startswith("aws:principaltag/") and principal.tags is not None:
            return _own_tag(caller, principal.tags, key)
        return ANYTHING

    def _by_request(self, key: str) -> Carried:
        service = self._caller.kind == CredentialKind.SERVICE
        if key == "aws:principalisawsservice" and self._caller.kind != CredentialKind.ANONYMOUS:
            return Carried(True, ("true" if service else "false",))
        if key == "aws:principalservicename":
            return Carried(True, (self._caller.principal.arn,)) if service else ABSENT
        if key in _BY_SERVICES:
            return ANYTHING if service else ABSENT
        if key == "aws:resourceaccount":
            return _known(self._request.target_account)
        tags = self._request.target.tags
        if key.startswith(("aws:resourcetag/", f"{self._request.service}:resourcetag/")) and tags is not None:
            return _tag(tags, key) or ABSENT
        return SOMETHING if key in _ALWAYS else ANYTHING


def _known(value: str) -> Carried:
    return Carried(True, (value,)) if value else SOMETHING


def _tag(tags: Mapping[str, str], key: str) -> Carried | None:
    """The tag that `key` asks for; the names of tags have no case in conditions."""
    wanted = key.partition("/")[2]
    found = [value for name, value in tags.items() if name.lower() == wanted]
    return Carried(True, (found[0],)) if len(found) == 1 else SOMETHING if found else None


def _own_tag(caller: Caller, tags: Mapping[str, str], key: str) -> Carried:
    """The tag of the caller: a session may have been given more tags, and other values, than its role has."""
    found = _tag(tags, key)
    if caller.kind in OF_USERS:
        return found or ABSENT
    return SOMETHING if found else ANYTHING


def _is_user(caller: Caller) -> bool:
    return caller.kind in OF_USERS and not caller.principal.is_root


def _type(caller: Caller) -> str:
    if caller.kind in OF_USERS:
        return "Account" if caller.principal.is_root else "User"
    return _TYPES.get(caller.kind, "")


def _user_id(caller: Caller) -> str:
    principal = caller.principal
    if caller.kind == CredentialKind.ANONYMOUS:
        return "anonymous"
    if caller.kind == CredentialKind.FEDERATED_USER_SESSION:
        return f"{principal.account}:{caller.session_name}" if caller.session_name else ""
    if caller.kind in OF_ROLES:
        return f"{principal.unique_id}:{caller.session_name}" if principal.unique_id and caller.session_name else ""
    return principal.account if principal.is_root else principal.unique_id
