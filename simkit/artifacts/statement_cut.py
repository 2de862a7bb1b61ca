"""How a statement of IAM gives less: an action leaves it, or is denied beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.artifacts.exported_account import ExportedAccount, HeldDocument
from simkit.importers.aws.stores import ACCESSES
from simkit.importers.aws.techniques_table import EXISTING, IAM, NEW
from simkit.rights import Statement
from simkit.rights.evaluate import concerns_action
from simkit.rights.match import compiled, matches

PASS = "iam:PassRole"
HeldStatement = tuple[Statement, HeldDocument]


@dataclass(frozen=True, slots=True)
class StatementCut:
    """`action` is taken from a statement (empty: all of it is), or denied on `resources` alone."""

    document: HeldDocument
    statement: Statement
    action: str = ""
    resources: tuple[str, ...] = ()

    def enter(self, account: ExportedAccount) -> None:
        """Put it into the account."""
        was = account.statement(self.statement)
        if not was:
            return  # it is gone already
        left = [text for text in texts(was.get("Action")) if text.lower() != self.action.lower()]
        if not self.action:
            account.say(self.document, self.statement, {})
        elif self.resources or "NotAction" in was or any(_covers(text, self.action) for text in left):
            account.deny(self.document, self.action, Resource=list(self.resources) or "*")
        else:
            account.say(self.document, self.statement, {**was, "Action": left} if left else {})


def cuts(
    operation: str, held: Sequence[HeldStatement], targets: Sequence[str] | None, shared: Mapping[str, int]
) -> list[StatementCut]:
    """What is to change so that the statements `held` no longer give `operation`, on the ARNs `targets` (None: on
    anything): of the actions that it takes the one that is `shared` by the fewest others. Nothing where no statement
    can say it."""
    if operation.startswith("account."):
        whole = operation.startswith("account.Everything ") and targets is None
        return [StatementCut(document, statement) for statement, document in held if whole]
    for action in sorted(actions_of(operation), key=lambda each: shared.get(each, 0)):
        resources = () if targets is None else _resources(operation, action, targets)
        giving = [(statement, document) for statement, document in held if concerns_action(statement, action.lower())]
        if giving and (targets is None or resources):
            return [StatementCut(document, statement, action, resources) for statement, document in giving]
    return []


def takers(operations: Iterable[str]) -> Mapping[str, int]:
    """By how many of `operations` each action is taken."""
    return Counter(action for each in operations for action in actions_of(each))


def parting(operations: Iterable[str], statements: Sequence[Statement]) -> list[Statement]:
    """The statements without which none of `operations` is given: one, where each of them needs it; else all."""
    wanted = list(operations)
    for one in statements:
        others = [each for each in statements if each is not one]
        if all(_needs(one, others, operation) for operation in wanted):
            return [one]
    return list(statements)


def _needs(statement: Statement, others: Sequence[Statement], operation: str) -> bool:
    """True if `statement` alone gives an action that the operation takes."""
    lowered = [action.lower() for action in actions_of(operation)]
    return any(
        concerns_action(statement, action) and not any(concerns_action(each, action) for each in others)
        for action in lowered
    )


def actions_of(operation: str) -> tuple[str, ...]:
    """The actions of AWS that an operation of an imported account takes.

    >>> actions_of("lambda.PassRole+CreateFunction+InvokeFunction by deploys/Run (111122223333:user/ann)")
    ('iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction')
    >>> actions_of("iam.PutUserPolicy by deploys/Self (111122223333)")
    ('iam:PutUserPolicy',)
    """
    tool, _, rest = operation.partition(".")
    title = rest.partition(" ")[0]
    way = _WAYS.get((tool, title))
    if way is not None:
        return way
    return tuple(f"{tool}:{part}" for part in title.split("+")) if tool != "account" else ()


_WAYS: Mapping[tuple[str, str], tuple[str, ...]] = {
    (each.tool, each.title): (*([PASS] if each.passed_to else []), *(action for action, _ in each.needs))
    for each in (*NEW, *EXISTING)
}
_BY_TARGET = {action for way in IAM if way.over in ("user", "role") for action in way.actions}
"""Calls that name whom they change."""
_INSIDE: Mapping[str, str] = {each.action: "/*" if each.inside else "" for each in ACCESSES}
"""What stands behind the ARN of a store where its contents are meant."""


def _resources(operation: str, action: str, targets: Sequence[str]) -> tuple[str, ...]:
    """The targets as a statement names them; nothing where the action is about something else."""
    own = action in _BY_TARGET or action in _INSIDE or (action == PASS and not operation.startswith("iam."))
    return tuple(f"{each}{_INSIDE.get(action, '')}" for each in targets) if own and all(targets) else ()


def texts(value: Any) -> list[str]:
    """A text, or a list of texts, as a list."""
    return [value] if isinstance(value, str) else [each for each in value or () if isinstance(each, str)]


def _covers(pattern: str, action: str) -> bool:
    return matches(compiled(pattern.lower()), action.lower())
