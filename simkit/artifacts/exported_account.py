"""An exported account as it is to be: policy documents and attachments that change, and the calls of IAM that do it."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simkit.artifacts.policy_linter import linted
from simkit.importers.source_file import SourceFile
from simkit.rights import Origin, Statement, policy_document
from simkit.rights.document import Attached
from simkit.rights.json_text import spanned, unquoted
from simkit.rights.request import account_of
from simkit.table import printable

Where = tuple[str | int, ...]
Json = dict[str, Any]
SCRIPT = "apply.sh"
"""The file with the calls, beside the documents that they name."""
INLINE: Mapping[str, tuple[str, str]] = {
    "UserDetailList": ("user", "UserName"),
    "GroupDetailList": ("group", "GroupName"),
    "RoleDetailList": ("role", "RoleName"),
}
"""The lists of an export: whom each tells of, and the key of the name there."""
LONGEST: Mapping[str, int] = {"user": 2_048, "group": 5_120, "role": 10_240, "managed": 6_144, "trust": 2_048}
"""So many characters, white space not counted, IAM takes: of all inline policies of a user, group or role together, of
a managed policy, and of a trust policy, which may be raised (IAM user guide, "IAM and AWS STS quotas")."""


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A policy document in an export: the way to it, whose it is (`user`, `group`, `role`, `managed`, `trust`), the
    name of the owner (of a managed policy its ARN), its own name, and the account."""

    file: str
    where: Where
    kind: str
    owner: str
    name: str
    account: str

    @property
    def title(self) -> str:
        """What it is, in words."""
        if self.kind == "managed":
            return f"the policy {self.name}"
        which = "trust policy" if self.kind == "trust" else f"policy {self.name}"
        return f"the {which} of {self.owner}"

    @property
    def can_be_empty(self) -> bool:
        """True for an inline policy, which is deleted; every other document has a statement."""
        return self.kind not in ("managed", "trust")

    @property
    def stem(self) -> str:
        """The name of its file, without an ending."""
        parts = ("policy", self.name) if self.kind == "managed" else (self.kind, self.owner, self.name)
        if self.kind == "trust":
            parts = ("role", self.owner, "trust")
        return "-".join(re.sub(r"[^\w.@+=-]", "-", part) for part in parts)


@dataclass
class ExportedAccount:
    """The export with what is to change in it. It is edited line by line, so that what stays keeps its line."""

    files: Sequence[SourceFile]
    folder: str
    """Where the documents and the calls are written."""
    edits: dict[tuple[str, Where], Any] = field(default_factory=dict)
    """What each statement, attachment or number is to be; an empty mapping: it goes."""
    added: dict[tuple[str, Where], list[Json]] = field(default_factory=dict)
    """Statements that a document gets, by the way to it."""
    touched: dict[HeldDocument, str] = field(default_factory=dict)
    """The documents that change, each with the name of its file."""
    calls: dict[str, str] = field(default_factory=dict)
    """Calls that need no document, each with its account."""

    def document_of(self, origin: Origin) -> HeldDocument | None:
        """The document that `origin` leads to, or into; None where IAM has no call that changes it."""
        where = origin.where
        at = next((n for n, part in enumerate(where) if part in ("PolicyDocument", "Document")), None)
        if where[2:3] == ("AssumeRolePolicyDocument",):
            at = 2
        if at is None or self._file(origin.file) is None:
            return None
        entry = self.value(origin.file, where[:2])
        arn = str(entry.get("Arn", ""))
        made = (origin.file, where[: at + 1])
        if where[0] == "Policies":
            own = account_of(arn).isdigit()
            return HeldDocument(*made, "managed", arn, arn.rpartition("/")[2], account_of(arn)) if own else None
        kind, key = INLINE.get(str(where[0]), ("", ""))
        if not kind:
            return None
        if at == 2:
            return HeldDocument(*made, "trust", str(entry.get(key)), "trust", account_of(arn))
        name = str(self.value(origin.file, where[:at]).get("PolicyName"))
        return HeldDocument(*made, kind, str(entry.get(key)), name, account_of(arn))

    def _file(self, path: str) -> SourceFile | None:
        return next((each for each in self.files if each.path == path and len(each.documents) == 1), None)

    def value(self, path: str, where: Where) -> Any:
        """What `where` leads to in the file at `path`, as it was; nothing where it leads nowhere."""
        file = self._file(path)
        found = file.documents[0].value if file else {}
        for part in where:
            if isinstance(found, str):
                found = json.loads(unquoted(found))
            if isinstance(found, dict):
                found = found.get(part, {})
            else:
                at = part if isinstance(part, int) and isinstance(found, list) and part < len(found) else None
                found = {} if at is None else found[at]
        return found

    def statement(self, statement: Statement) -> Json:
        """`statement` as it is to be; empty where it goes."""
        origin = statement.origin
        key = (origin.file, origin.where)
        found: Json = self.edits[key] if key in self.edits else dict(self.value(*key))
        return found

    def say(self, document: HeldDocument, statement: Statement, value: Json) -> None:
        """Let `value` be the statement; an empty one goes, or denies where a document cannot be without it."""
        was = self.statement(statement)
        self.edits[statement.origin.file, statement.origin.where] = value
        self._touch(document)
        if not value and not document.can_be_empty and not self._left(document):
            self.edits[statement.origin.file, statement.origin.where] = {**was, "Effect": "Deny"}

    def deny(self, document: HeldDocument, action: str, **more: Any) -> None:
        """Let the document deny `action` besides; one statement for all that is denied on the same things."""
        held = self.added.setdefault((document.file, document.where), [])
        same = next((each for each in held if {**each, "Action": ""} == {"Effect": "Deny", "Action": "", **more}), None)
        if same is None:
            held.append({"Effect": "Deny", "Action": [action], **more})
        elif action not in same["Action"]:
            same["Action"].append(action)
        self._touch(document)

    def _touch(self, document: HeldDocument) -> None:
        if document not in self.touched:
            names, stem, number = set(self.touched.values()), document.stem, 1
            while f"{stem}.json" in names:
                number += 1
                stem = f"{document.stem}-{number}"
            self.touched[document] = f"{stem}.json"

    def call(self, call: str, account: str, path: str, where: Where, value: Any) -> None:
        """Let `call` be made, after which `value` stands there."""
        self.edits[path, where] = value
        self.calls[call] = account

    def entry(self, arn: str) -> tuple[str, Where] | None:
        """The file and the way to the entry of a user or role."""
        for file in self.files:
            for key in ("UserDetailList", "RoleDetailList") if len(file.documents) == 1 else ():
                listed = self.value(file.path, (key,))
                for number, each in enumerate(listed if isinstance(listed, list) else ()):
                    if isinstance(each, dict) and each.get("Arn") == arn:
                        return file.path, (key, number)
        return None

    def attachment(self, arn: str, policy: str) -> tuple[str, Where] | None:
        """The file and the way to where a user or role has the managed `policy`; None where it has it by a group."""
        found = self.entry(arn)
        path, where = found or ("", ())
        listed = self.value(path, (*where, "AttachedManagedPolicies")) if found else ()
        for number, each in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(each, dict) and each.get("PolicyArn") == policy:
                return path, (*where, "AttachedManagedPolicies", number)
        return None

    def managed_arn(self, origin: Origin) -> str:
        """The ARN of the managed policy that `origin` leads into; empty where it is in no such policy."""
        if origin.where[:1] == ("Policies",):
            return str(self.value(origin.file, origin.where[:2]).get("Arn", ""))
        if "AttachedManagedPolicies" in origin.where:
            at = origin.where.index("AttachedManagedPolicies") + 2
            return str(self.value(origin.file, origin.where[:at]).get("PolicyArn", ""))
        return ""

    def _left(self, document: HeldDocument) -> list[Json]:
        """The statements of `document` as they are to be."""
        raw = self.value(document.file, (*document.where, "Statement"))
        ways: list[Where] = [(*document.where, "Statement")]
        if isinstance(raw, list):
            ways = [(*ways[0], number) for number in range(len(raw))]
        kept = [self.edits.get((document.file, where), self.value(document.file, where)) for where in ways]
        return [*filter(None, kept), *self.added.get((document.file, document.where), ())]

    def written(self) -> dict[str, str]:
        """The text of each document that changes, and of the calls, by path."""
        found: dict[str, str] = {}
        lines: dict[str, list[str]] = {}
        for each, name in self.touched.items():
            statements = self._left(each)
            if statements:
                whole = {**self._rest(each), "Statement": statements}
                found[os.path.join(self.folder, name)] = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
            lines.setdefault(each.account, []).append(self.call_of(each))
        for call, account in self.calls.items():
            lines.setdefault(account, []).append(call)
        if lines:
            found[os.path.join(self.folder, SCRIPT)] = "".join(_script(lines))
        return found

    def whole(self, document: HeldDocument) -> Json:
        """`document` as it was, with the version that it has without saying one."""
        written = self.value(document.file, document.where)
        return {"Version": "2008-10-17", **(written if isinstance(written, dict) else json.loads(unquoted(written)))}

    def _rest(self, document: HeldDocument) -> Json:
        return {key: inner for key, inner in self.whole(document).items() if key != "Statement"}

    def calls_of(self, how: Sequence[HeldDocument | str]) -> list[str]:
        """The calls that bring documents, and those that are told."""
        return [each if isinstance(each, str) else self.call_of(each) for each in how]

    def call_of(self, document: HeldDocument) -> str:
        """The call that brings the document as it is to be."""
        return _call(document, self.touched[document] if self._left(document) else "")

    def reread(self) -> dict[str, str]:
        """The text of each export as it would be after the calls; what stays keeps its line."""
        paths = dict.fromkeys(path for path, _ in (*self.edits, *self.added))
        return {path: self._text(path) for path in paths}

    def _text(self, path: str) -> str:
        file = self._file(path)
        assert file is not None
        spans: list[tuple[int, int, str]] = []
        packed: dict[Where, None] = {}
        for each in self.touched:
            if each.file == path and isinstance(self.value(path, each.where), str):
                packed[each.where] = None
                left = json.dumps({**self._rest(each), "Statement": self._left(each)})
                spans.append((*spanned(file.text, each.where), left))
        for (name, where), value in self.edits.items():
            if name == path and not any(where[: len(above)] == above for above in packed):
                told = value or _silent(self.value(path, where))
                spans.append((*spanned(file.text, where), json.dumps(told)))
        for (name, where), more in self.added.items():
            if name == path and where not in packed:
                spans.append(self._further(file.text, where, more, spans))
        return _edited(file.text, spans)

    def _further(
        self, text: str, where: Where, more: Sequence[Json], spans: list[tuple[int, int, str]]
    ) -> tuple[int, int, str]:
        """The edit that puts `more` behind the last statement, on its line."""
        start, end = spanned(text, (*where, "Statement"))
        listed = ", ".join(map(json.dumps, more))
        if text[start] == "[":
            rows = json.loads(text[start:end])
            return (end - 1, end - 1, f", {listed}" if rows else listed)
        edited = next((each for each in spans if each[:2] == (start, end)), None)
        if edited is not None:
            spans.remove(edited)
        return (start, end, f"[{edited[2] if edited else text[start:end]}, {listed}]")


def _silent(value: Any) -> Json:
    """A statement that is about nothing, in the place of one that goes; an attachment that goes is empty."""
    if not isinstance(value, dict) or "Effect" not in value:
        return {}
    kept = {key: inner for key, inner in value.items() if key not in ("NotAction", "Action")}
    return {**kept, "Action": []}


def _edited(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """`text` with other values at `spans`, and as many lines as before."""
    for start, end, value in sorted(spans, reverse=True):
        lines = "\n" * (text.count("\n", start, end) - value.count("\n"))
        text = f"{text[:start]}{value}{lines}{text[end:]}"
    return text


def _call(document: HeldDocument, file: str) -> str:
    """The call that brings the `file`; without one, the call that deletes the inline policy."""
    named = f"--policy-document {shlex.quote(f'file://{file}')}"
    if document.kind == "managed":
        owner = f"--policy-arn {shlex.quote(document.owner)}"
        return f"aws iam create-policy-version {owner} {named} --set-as-default"
    owner = f"--{'role' if document.kind == 'trust' else document.kind}-name {shlex.quote(document.owner)}"
    if document.kind == "trust":
        return f"aws iam update-assume-role-policy {owner} {named}"
    held = f"{owner} --policy-name {shlex.quote(document.name)}"
    return f"aws iam put-{document.kind}-policy {held} {named}" if file else (
        f"aws iam delete-{document.kind}-policy {held}"
    )  # fmt: skip


def _script(lines: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield "#!/bin/sh\n# What `simkit narrow --as aws` proposes. Read it, then run `sh apply.sh` as somebody who may.\n"
    yield 'set -eu\ncd "$(dirname "$0")"\n'
    for account, calls in lines.items():
        yield f"\n# account {printable(account)}\n"
        yield from (f"{printable(call)}\n" for call in dict.fromkeys(calls))


def checked(account: ExportedAccount, texts: Mapping[str, str]) -> Iterator[str]:
    """What a strict reading of the documents says, and another linter. Raises InputError for one that is none."""
    documents = {os.path.basename(path): text for path, text in texts.items() if path.endswith(".json")}
    changes: dict[str, tuple[Json, Json]] = {}
    for each, name in account.touched.items():
        if name in documents:
            kind: Attached = "resource" if each.kind == "trust" else "identity"
            changes[name] = account.whole(each), json.loads(documents[name])
            policy_document(changes[name][1], Origin(name), attached=kind)
    if documents:
        told = "1 policy document is" if len(documents) == 1 else f"{len(documents)} policy documents are"
        yield f"{told} read by simkit.rights as written"
    yield from linted(changes)
    for each, name in account.touched.items():
        count = len(re.sub(r"\s", "", documents.get(name, "")))
        if count > LONGEST[each.kind]:
            yield f"{name} has {count:,} characters, and IAM takes {LONGEST[each.kind]:,}: split the policy"
