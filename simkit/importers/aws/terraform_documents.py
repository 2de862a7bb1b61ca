"""Policy documents of a plan that only apply will write, as far as their data source in the configuration says them.

The arguments are those of `aws_iam_policy_document` in the documentation of the provider hashicorp/aws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simkit.importers.aws.terraform_plan import AFTER_APPLY, TerraformPlan, TerraformResource

SOURCE = "data.aws_iam_policy_document."
LATER = "known after apply"
"""An element of a statement, or an operator, of which a part is not known: what it says is then never sure."""
_ARNS: Mapping[str, str] = {"aws_iam_user": "user", "aws_iam_role": "role", "aws_iam_group": "group"}
_ELEMENTS = (
    *(("actions", "Action"), ("not_actions", "NotAction")),
    *(("resources", "Resource"), ("not_resources", "NotResource")),
)
_MERGED = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
"""Arguments whose documents a data source takes over."""


def planned_document(plan: TerraformPlan, resource: TerraformResource, key: str, *, is_trust: bool) -> Any:
    """The document that `key` of `resource` will be; None where no data source says it.

    Actions and resources that are not known are all of them, and conditions are not known to be met: such a statement
    may grant, and never does surely.
    """
    names, _ = _sources(plan.expressions_of(resource).get(key))
    if not names:
        return None
    found = _statements(names[0], plan, resource, is_trust=is_trust)
    return {"Version": "2012-10-17", "Statement": found} if found else None


def _sources(said: Any) -> tuple[list[str], bool]:
    """The data sources of documents that an expression refers to, and whether it refers to nothing else."""
    listed = said.get("references") if isinstance(said, dict) else None
    references = [str(each) for each in listed] if isinstance(listed, list) else []
    names = [
        each.removeprefix(SOURCE).partition(".")[0].partition("[")[0] for each in references if each.startswith(SOURCE)
    ]
    return list(dict.fromkeys(names)), len(names) == len(references) > 0


def _statements(
    first: str, plan: TerraformPlan, resource: TerraformResource, *, is_trust: bool
) -> list[dict[str, Any]]:
    """What the data source `first` says, and those that it takes over; what it takes from elsewhere may be anything."""
    found: list[dict[str, Any]] = []
    waiting, seen = [first], {first}
    while waiting:
        address = f"{resource.module}{SOURCE}{waiting.pop(0)}"
        block = plan.block(address)
        found += filter(
            None, (_statement(each, plan, resource, is_trust=is_trust) for each in _blocks(block, "statement"))
        )
        if _has_more(plan, address, len(_blocks(block, "statement"))):
            if is_trust:
                _leave(resource, "what a `dynamic` block brings into its trust policy")
            else:
                found.append({"Effect": "Allow", "Action": "*", "Resource": "*", LATER: "dynamic statement"})
        for argument in _MERGED:
            names, is_all = _sources(block.get(argument))
            waiting += [name for name in names if name not in seen]
            seen |= {*names}
            if argument in block and not is_all and is_trust:
                _leave(resource, f"what `{argument}` brings into its trust policy")
            elif argument in block and not is_all:
                found.append({"Effect": "Allow", "Action": "*", "Resource": "*", LATER: argument})
    return found


def _has_more(plan: TerraformPlan, address: str, written: int) -> bool:
    """True if the data source will have more statements than the `written` ones, or nobody knows how many.

    The configuration in a plan leaves `dynamic` blocks out; the planned values have what they expand to, as far as it
    is known (https://developer.hashicorp.com/terraform/internals/json-format).
    """
    planned = (values.get("statement") for values in plan.data.get(address, ()))
    return any(not isinstance(each, list) or len(each) > written for each in planned)


def _leave(resource: TerraformResource, what: str) -> None:
    values = resource.values
    values.draft.leave(values.origin, f"{resource.address}: {what}", AFTER_APPLY)


def _statement(
    said: Mapping[str, Any], plan: TerraformPlan, resource: TerraformResource, *, is_trust: bool
) -> dict[str, Any]:
    """One statement; empty where nobody knows whom it names."""
    made: dict[str, Any] = {"Effect": _constant(said.get("effect")) or "Allow"}
    sid = _constant(said.get("sid"))
    made |= {"Sid": sid} if isinstance(sid, str) and sid else {}
    for argument, element in _ELEMENTS:
        if argument in said and not (is_trust and "Resource" in element):
            values = _constant(said[argument])
            made[element.removeprefix("Not") if values is None else element] = "*" if values is None else values
            made |= {LATER: argument} if values is None else {}
    if is_trust:
        principals = _principals(said, plan, resource)
        if not principals:
            _leave(resource, "whom a statement of its trust policy names")
            return {}
        made["Principal"] = principals
    elif not {"Resource", "NotResource"} & made.keys():
        made["Resource"] = "*"
    conditions = dict(_conditions(said))
    return {**made, "Condition": conditions} if conditions else made


def _principals(said: Mapping[str, Any], plan: TerraformPlan, resource: TerraformResource) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in _blocks(said, "principals"):
        kind, names = _constant(each.get("type")), _constant(each.get("identifiers"))
        if names is None:
            names = list(_named(each.get("identifiers"), plan, resource))
        if isinstance(kind, str) and names:
            found.setdefault(kind if kind != "*" else "AWS", []).extend(map(str, names))
    return found


def _named(said: Any, plan: TerraformPlan, resource: TerraformResource) -> Iterator[str]:
    """The ARNs of the users, roles and providers that an expression refers to."""
    for each in plan.referred(resource, said):
        if each.kind in _ARNS:
            yield plan.arn(each, _ARNS[each.kind])
        elif each.kind == "aws_iam_openid_connect_provider" and each.values.has("url"):
            host = each.values.text("url").removeprefix("https://")
            yield f"arn:aws:iam::{plan.account}:oidc-provider/{host}"
        elif each.kind == "aws_iam_saml_provider":
            yield f"arn:aws:iam::{plan.account}:saml-provider/{each.name or each.label}"


def _conditions(said: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    made: dict[str, dict[str, Any]] = {}
    for each in _blocks(said, "condition"):
        test, key, values = (_constant(each.get(argument)) for argument in ("test", "variable", "values"))
        known = isinstance(test, str) and isinstance(key, str) and isinstance(values, list)
        operator = str(test) if known else LATER
        made.setdefault(operator, {})[str(key or f"a key that is {LATER}")] = values if known else LATER
    yield from made.items()


def _constant(said: Any) -> Any:
    return said.get("constant_value") if isinstance(said, dict) else None


def _blocks(said: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = said.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
