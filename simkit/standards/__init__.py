"""simkit's rules in the public lists: MITRE ATT&CK and ATLAS, the OWASP Top 10s for agents and non-human identities."""

from simkit.standards.lists import LISTS, Reference, StandardList
from simkit.standards.mapping import RELEVANT, crosswalk, of

__all__ = ["LISTS", "RELEVANT", "Reference", "StandardList", "crosswalk", "of"]
