"""A small world with a name of one's choice for everything that has one: plain names, or names that mean harm."""

from __future__ import annotations

import json
from collections.abc import Callable

HOSTILE = (
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "\"><svg onload=window.pwned=1><a href='javascript:window.pwned=1'>",
    "--><!--<script>window.pwned=1</script>",
    "</style></title></textarea><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "{{ 7 * 191 }}{% raw %}",
    "&lt;script&gt;window.pwned=1&lt;/script&gt; &amp;quot;",
    "\u202eyek-terces\u2066\u200f",
    "a-very-long-name-" * 18,
    "$\\frac{1}{2}$ `x` \\u003cb\\u003e",
    "<b onmouseover=pwned=1>tool",
    "__proto__",
    "constructor",
    "javascript:window.pwned=1",
)
"""Names that would run, hide, reorder or overflow where they are not escaped."""


def world(named: Callable[[str], str]) -> str:
    """A small scenario as JSON. Everything that has a name or a text has the one that `named` gives for its word."""
    n = named
    read, answer, refund = f"{n('crm')}.read", f"{n('crm')}.answer", f"{n('pay')}.refund"
    return json.dumps(
        {
            "simkit": 1,
            "name": n("help-desk"),
            "description": f"{n('An agent answers mail.')}\nAnother line.",
            "policy": "rbac",
            "compare": ["static-secrets", "rbac", n("ours")],
            "policies": {n("ours"): {"extends": "task-scoped"}},
            "identities": {
                n("desk"): {"kind": "agent", "susceptibility": 1.0, "roles": [n("clerk")], "note": n("It reads mail.")},
                n("biller"): {"kind": "service", "roles": [n("billing")]},
            },
            "resources": {
                n("cases"): {"value": {"confidentiality": 10}, "holds": [n("bill-key")]},
                n("tickets"): {"exposure": "public"},
                n("ledger"): {"value": {"integrity": 40}},
            },
            "tools": {
                n("crm"): {
                    "operations": {
                        "read": {"effect": "read", "targets": [n("cases")]},
                        "answer": {"effect": "send", "targets": [n("tickets")]},
                    }
                },
                n("pay"): {"operations": {"refund": {"effect": "write", "targets": [n("ledger")], "duration": "2h"}}},
            },
            "credentials": {
                n("desk-key"): {"identity": n("desk"), "kind": n("API key")},
                n("bill-key"): {"identity": n("biller")},
            },
            "roles": {
                n("clerk"): {"entitlements": [{"operation": read}, {"operation": answer}]},
                n("billing"): {"entitlements": [{"operation": refund}]},
            },
            "tasks": {
                n("reply"): {"identity": n("desk"), "needs": [answer], "reads": [n("tickets")], "rate": "40/d"},
                n("bill"): {"identity": n("biller"), "needs": [refund], "rate": "1/d"},
            },
            "entry_points": {n("leaked-key"): {"leak": n("desk-key")}, n("poisoned"): {"poison": n("tickets")}},
            "goals": {
                n("cases-leaked"): {"lost": [{"resource": n("cases"), "impact": "confidentiality"}]},
                n("ledger-changed"): {"lost": [{"resource": n("ledger"), "impact": "integrity"}]},
            },
            "sources": [
                {"url": "https://example.org/a", "grade": "P", "says": n("what the page says")},
                {"url": "javascript:window.pwned=1", "grade": "S"},
            ],
            "assumptions": [{"about": n("resources.*.value"), "why": n("invented")}],
        }
    )


class HostileNames(dict[str, str]):
    """A hostile name for each word, a different one as long as there are any."""

    def __missing__(self, word: str) -> str:
        place = len(self)
        name = HOSTILE[place % len(HOSTILE)]
        self[word] = name if place < len(HOSTILE) else f"{name} {place}"
        if word in ("crm", "pay"):  # a dot parts a tool from its operation
            self[word] = self[word].replace(".", "")
        return self[word]
