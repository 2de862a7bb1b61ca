"""A policy document of AWS, read strictly where a mistake would change its meaning and tolerantly where AWS is.

The grammar is https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. A text stands for a
list of one, actions have no case, and keys that no page names are listed, not refused: AWS may know them tomorrow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from simkit.errors import InputError, in_short
from simkit.rights.json_text import located, read_json, unquoted
from simkit.rights.match import Template, compiled, template
from simkit.rights.operators import OPERATORS, Operator

Where = tuple[str | int, ...]
Locate = Callable[[Where], tuple[int, int]]
"""From the way down a file to line and column, from 1."""

Attached = Literal["identity", "resource"]
"""To whom a document is attached. Identity: also boundaries, session and service control policies, which name no
principal. Resource: also trust policies, whose resource is the role itself."""

VERSIONS = ("2012-10-17", "2008-10-17")
PRINCIPAL_KINDS = ("AWS", "Federated", "Service", "CanonicalUser")
_DOCUMENT_KEYS = {"Version", "Id", "Statement"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document or a part of it stands: file, way down from its root, and how to find the line."""

    file: str
    where: Where = ()
    locate: Locate | None = field(default=None, repr=False, compare=False)

    def under(self, *parts: str | int) -> Origin:
        """The origin of a part."""
        return Origin(self.file, (*self.where, *parts), self.locate)

    def line_column(self) -> tuple[int, int]:
        """Line and column, from 1; (0, 0) where the text is not at hand."""
        return self.locate(self.where) if self.locate else (0, 0)

    def __str__(self) -> str:
        line, column = self.line_column()
        if line:
            return f"{self.file}:{line}:{column}"
        return ": ".join(part for part in (self.file, ".".join(map(str, self.where))) if part) or "<policy>"

    def refusal(self, message: str) -> InputError:
        """The error about what stands here."""
        return InputError(f"{self}: {message}")


@dataclass(frozen=True, slots=True)
class PrincipalNames:
    """What Principal or NotPrincipal names: `everyone` for a plain `*`, else (kind, name), in file order."""

    everyone: bool
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """One key under one operator: `null` for the operator Null; neither `null` nor `operator`: an unknown operator."""

    written: str
    key: str
    values: tuple[Template, ...]
    quantifier: str = ""
    if_exists: bool = False
    null: bool = False
    operator: Operator | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement; lists are None where the element is missing, `..._negated` for the Not... form.

    Actions are compiled, in lower case. `unrecognised` are keys that no page of the grammar names. `policy` is the name
    of its document, and `owner` whose that is, where the reader tells; `called` tells it from the others there: its
    Sid, or its position from 0.
    """

    sid: str
    allows: bool
    principals: PrincipalNames | None
    principals_negated: bool
    actions: tuple[str, ...]
    actions_negated: bool
    resources: tuple[Template, ...] | None
    resources_negated: bool
    clauses: tuple[Clause, ...]
    origin: Origin
    policy: str
    unrecognised: tuple[str, ...] = ()
    owner: str = ""
    called: str = "0"

    def __str__(self) -> str:
        name = repr(self.sid) if self.sid else self.called
        whose = f" of {self.owner}" if self.owner else ""
        return f"statement {name} of {self.policy or 'a policy'}{whose} ({self.origin})"


@dataclass(frozen=True, slots=True, eq=False)
class PolicyDocument:
    """A document as read. Two documents are the same only if they are one: identity is what an index may lean on."""

    name: str
    statements: tuple[Statement, ...]
    origin: Origin
    unrecognised: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<policy document {self.name or '?'}: {len(self.statements)} statements, {self.origin}>"


def read_document(
    text: str, file: str = "<policy>", *, attached: Attached = "identity", name: str = ""
) -> PolicyDocument:
    """The policy document in the JSON `text`; messages call it `file`.

    Raises InputError, one sentence with file, line and column, for what is no policy document.

    >>> text = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "S3:Get*", "Resource": "*"}}'
    >>> read_document(text, "get.json", name="Get").statements[0].actions
    ('s3:get\\x00',)
    """
    value = read_json(text, file)
    return policy_document(value, Origin(file, (), lambda where: located(text, where)), attached=attached, name=name)


def policy_document(
    value: Any, origin: Origin, *, attached: Attached = "identity", name: str = "", owner: str = ""
) -> PolicyDocument:
    """The policy document that `value` (as JSON has it) says; also from a text of JSON, URL-encoded or not.

    `name` and `owner` are what its statements are told by. Raises InputError, as `read_document`.
    """
    if isinstance(value, str):
        value = read_json(unquoted(value), str(origin))
    if not isinstance(value, Mapping):
        raise origin.refusal(f"a policy document is an object with a Statement, not {in_short(value)}: hand over that")
    version = value.get("Version", VERSIONS[1])
    if version not in VERSIONS:
        raise origin.under("Version").refusal(f"the version {in_short(version)} is none: write {VERSIONS[0]!r}")
    if "Statement" not in value:
        raise origin.refusal("the policy document has no Statement: add one")
    reader = _Reader(attached, name, owner, variables=version == VERSIONS[0])
    listed = value["Statement"]
    at = origin.under("Statement")
    pairs = [(listed, at)] if isinstance(listed, Mapping) else [(each, at.under(i)) for i, each in _items(listed, at)]
    called = _called([each.get("Sid") if isinstance(each, Mapping) else None for each, _ in pairs])
    statements = tuple(reader.statement(each, where, name) for (each, where), name in zip(pairs, called, strict=True))
    return PolicyDocument(name, statements, origin, _unrecognised(value, _DOCUMENT_KEYS))


def _called(sids: Sequence[Any]) -> list[str]:
    """What tells statements of one document apart: the Sid; the position where there is none, and with one that stands
    twice, which AWS refuses, or that could be a position."""
    counted = Counter(str(sid) for sid in sids)
    plain = (bool(sid) and counted[str(sid)] == 1 and not str(sid).isdigit() for sid in sids)
    return [
        str(sid) if own else f"{sid}#{at}" if sid else str(at)
        for at, (sid, own) in enumerate(zip(sids, plain, strict=True))
    ]


def _items(value: Any, origin: Origin) -> list[tuple[int, Any]]:
    if not isinstance(value, list | tuple):
        raise origin.refusal(f"statements are a list of objects, not {in_short(value)}: write them so")
    return list(enumerate(value))


def _unrecognised(value: Mapping[str, Any], known: set[str]) -> tuple[str, ...]:
    return tuple(str(key) for key in value if key not in known)


def _texts(value: Any, origin: Origin) -> tuple[str, ...]:
    """A text, or a list of texts."""
    if isinstance(value, str):
        return (_text(value, origin),)
    if not isinstance(value, list | tuple):
        raise origin.refusal(f"a text or a list of texts is due here, not {in_short(value)}: write one")
    return tuple(_text(each, origin.under(index)) for index, each in enumerate(value))


def _text(value: Any, origin: Origin) -> str:
    if not isinstance(value, str):
        raise origin.refusal(f"a text is due here, not {in_short(value)}: write it in quotes")
    found = _CONTROL.search(value)
    if found:
        raise origin.refusal(f"the control character U+{ord(found[0]):04X} is in this text: remove it")
    return value


def _scalar(value: Any, origin: Origin) -> str:
    """The text of a condition's value: numbers and truth values may stand without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return _text(value, origin)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the statements of one document."""

    attached: Attached
    policy: str
    owner: str
    variables: bool

    def statement(self, value: Any, origin: Origin, called: str) -> Statement:
        """The statement `value`, that is `called` so among the others. Raises InputError."""
        if not isinstance(value, Mapping):
            raise origin.refusal(f"a statement is an object, not {in_short(value)}: write it so")
        effect = value.get("Effect")
        if effect not in ("Allow", "Deny"):
            raise origin.refusal(f'the Effect {in_short(effect)} is none: write "Allow" or "Deny"')
        action, resource = self._which(value, "Action", origin), self._which(value, "Resource", origin)
        principal = self._which(value, "Principal", origin)
        if action is None:
            raise origin.refusal("the statement has neither Action nor NotAction: add one")
        if self.attached == "identity" and resource is None:
            raise origin.refusal("the statement has neither Resource nor NotResource: add one")
        if (self.attached == "resource") != (principal is not None):
            must = "must name a Principal" if self.attached == "resource" else "cannot name a Principal"
            raise origin.refusal(f"a statement of a policy that is attached to a {self._holder()} {must}: mend it")
        known = {"Sid", "Effect", "Condition", action, resource, principal}
        return Statement(
            sid=_text(value.get("Sid", ""), origin.under("Sid")),
            allows=effect == "Allow",
            principals=None if principal is None else _principals(value[principal], origin.under(principal)),
            principals_negated=principal == "NotPrincipal",
            actions=tuple(compiled(text.lower()) for text in _texts(value[action], origin.under(action))),
            actions_negated=action == "NotAction",
            resources=None if resource is None else self._templates(_texts(value[resource], origin.under(resource))),
            resources_negated=resource == "NotResource",
            clauses=self._clauses(value.get("Condition", {}), origin.under("Condition")),
            origin=origin,
            policy=self.policy,
            unrecognised=tuple(str(key) for key in value if key not in known),
            owner=self.owner,
            called=called,
        )

    def _holder(self) -> str:
        return "resource" if self.attached == "resource" else "user, group, role, session or account"

    def _which(self, value: Mapping[str, Any], name: str, origin: Origin) -> str | None:
        """`name` or its Not form, whichever stands there; both are refused."""
        found = [key for key in (name, f"Not{name}") if key in value]
        if len(found) > 1:
            raise origin.refusal(f"the statement has both {name} and Not{name}: keep one")
        return found[0] if found else None

    def _templates(self, texts: tuple[str, ...]) -> tuple[Template, ...]:
        return tuple(template(text, variables=self.variables) for text in texts)

    def _clauses(self, value: Any, origin: Origin) -> tuple[Clause, ...]:
        if not isinstance(value, Mapping):
            raise origin.refusal(f"a Condition is an object of operators, not {in_short(value)}: write it so")
        found = list[Clause]()
        for written, keys in value.items():
            at = origin.under(written)
            if not isinstance(keys, Mapping):
                raise at.refusal(f"an operator is an object of keys and values, not {in_short(keys)}: write it so")
            found += [self._clause(_text(written, at), key, values, at.under(key)) for key, values in keys.items()]
        return tuple(found)

    def _clause(self, written: str, key: str, value: Any, origin: Origin) -> Clause:
        quantifier, _, name = written.rpartition(":")
        if_exists = name.endswith("IfExists") and name != "NullIfExists"
        row = OPERATORS.get(name.removesuffix("IfExists"))
        if quantifier not in ("", "ForAllValues", "ForAnyValue"):
            row, name = None, ""
        listed = value if isinstance(value, list | tuple) else [value]
        texts = [_scalar(each, origin.under(index)) for index, each in enumerate(listed)]
        lively = self.variables and row is not None and row.texts
        values = tuple(template(text, variables=lively, wildcards=bool(row and row.wildcards)) for text in texts)
        return Clause(written, _text(key, origin).lower(), values, quantifier, if_exists, name == "Null", row)


def _principals(value: Any, origin: Origin) -> PrincipalNames:
    """What a Principal names; a plain text other than `*`, which some tools write, is taken as {"AWS": text}."""
    if isinstance(value, str):
        name = _text(value, origin)
        return PrincipalNames(True) if name == "*" else PrincipalNames(False, (("AWS", name),))
    if not isinstance(value, Mapping):
        raise origin.refusal(f'a principal is "*" or an object like {{"AWS": ...}}, not {in_short(value)}: write one')
    unknown = [key for key in value if key not in PRINCIPAL_KINDS]
    if unknown:
        raise origin.under(unknown[0]).refusal(
            f"{in_short(unknown[0])} is no kind of principal: write one of {', '.join(PRINCIPAL_KINDS)}"
        )
    names = ((kind, name) for kind in value for name in _texts(value[kind], origin.under(kind)))
    return PrincipalNames(False, tuple(names))
