"""Conditions with three values: met, not met, or not told by what is known of the request.

All operators and keys of a statement must be met, one of the values of a key is enough, and of a negated operator none
may match (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html).
A key that is not there does not match, so a negated operator is met, and so is one that ends in IfExists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simkit.rights.context import Carried, Context
from simkit.rights.document import Clause
from simkit.rights.match import ANY, Template, fill, holds, matches
from simkit.rights.operators import Operator
from simkit.rights.truth import Truth, all_of, any_of, opposite

Doubts = Callable[[str, str], None]
"""Is told (kind, name) of what keeps an answer open: an operator, a key, a value or a variable."""


def met(clauses: Iterable[Clause], context: Context, doubts: Doubts) -> Truth:
    """Whether all `clauses` are met by what `context` carries."""
    return all_of(_clause(clause, context, doubts) for clause in clauses)


def _clause(clause: Clause, context: Context, doubts: Doubts) -> Truth:
    carried = context.carried(clause.key)
    if clause.null:
        return _null(clause, carried, doubts)
    if clause.operator is None:
        doubts("operator", clause.written)
        return None
    absent = _absent(clause, clause.operator)
    if carried.present is False:
        found, kind, name = absent, "operator", clause.written
    else:
        found, kind, name = _present(clause, clause.operator, carried, context)
        if carried.present is None and found is not absent:
            found, kind, name = None, "key", clause.key
    if found is None:
        doubts(kind, name)
    return found


def _null(clause: Clause, carried: Carried, doubts: Doubts) -> Truth:
    """`true`: the key is not there; `false`: it is."""
    flags = {"true": opposite(carried.present), "false": carried.present}
    found = any_of(flags.get(value.source.strip().lower()) for value in clause.values)
    if found is None:
        doubts("key", clause.key)
    return found


def _absent(clause: Clause, operator: Operator) -> Truth:
    """The clause where the key is not there.

    ForAnyValue is then not met and IfExists is: which of them wins where both stand is not documented.
    """
    if clause.quantifier == "ForAnyValue":
        return None if clause.if_exists else False
    return clause.quantifier == "ForAllValues" or clause.if_exists or operator.negated


def _present(clause: Clause, operator: Operator, carried: Carried, context: Context) -> tuple[Truth, str, str]:
    """The clause where the key is there, and what is to blame where that cannot be told."""
    if carried.values is None:
        return _whatever_the_value(clause, operator), "key", clause.key
    values = [value for value in carried.values if value or not clause.quantifier]
    if not values:
        # An empty list and an empty text are as good as no key for ForAllValues and ForAnyValue.
        return _absent(clause, operator), "operator", clause.written
    if len(values) > 1 and not clause.quantifier:
        return None, "operator", f"{clause.written} on several values of {clause.key}"
    truths = [_value(clause, operator, value, context) for value in values]
    found = all_of(truths) if clause.quantifier == "ForAllValues" else any_of(truths)
    return found, "value", f"{clause.key}: {', '.join(value.source for value in clause.values)}"


def _whatever_the_value(clause: Clause, operator: Operator) -> Truth:
    """The clause where the key is there with a value that is not known: a lone star takes any, no value takes none."""
    if not clause.values:
        return operator.negated
    if operator.wildcards and any(value.fixed == ANY for value in clause.values):
        return not operator.negated
    return None


def _value(clause: Clause, operator: Operator, given: str, context: Context) -> Truth:
    found = any_of(_one(operator, wanted, given, context) for wanted in clause.values)
    return opposite(found) if operator.negated else found


def _one(operator: Operator, wanted: Template, given: str, context: Context) -> Truth:
    """One value of the policy against one of the request; None where the policy's is none that the operator takes."""
    if operator.texts:
        filled = fill(wanted, context.value)
        # An unknown value may hold colons, so the parts of an ARN cannot be told apart: any text will do.
        test = operator.test if filled is None or filled.sure else _loosely
        return holds(filled, lambda pattern: test(pattern, given))
    try:
        return operator.test(wanted.source, given)
    except ValueError:
        return None


def _loosely(pattern: str, given: str) -> bool:
    return matches(pattern.lower(), given.lower())
