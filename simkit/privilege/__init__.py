"""Over-privilege: what identities are granted against what their tasks need and what real runs used."""

from simkit.privilege.ledger import over_privilege
from simkit.privilege.privilege import Beyond, GrantUse, OverPrivilege
from simkit.privilege.window import Window, most_likely_missed

__all__ = ["Beyond", "GrantUse", "OverPrivilege", "Window", "most_likely_missed", "over_privilege"]
