"""The pinned lists: every identifier that simkit may name, with its title.

Grades: P the organisation's own text, S a secondary page.

- **MITRE ATT&CK** Enterprise v18.1 (2025-11-13), grade P: https://github.com/mitre/cti, commit 421deacb, one STIX file
  for each technique under enterprise-attack/attack-pattern. The titles of T1098.001, T1098.003, T1485 and T1651 were
  read from earlier commits of the same files, those of T1484 and T1562.008 from secondary pages (grade S). (c) The
  MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation. v19 splits
  the tactic Defense Evasion, so nothing here names a tactic.
- **MITRE ATLAS** 5.6.0 (2026-05-05), grade P: https://github.com/mitre-atlas/atlas-data, commit 8ee2c689, tag v5.6.1,
  dist/ATLAS.yaml, whose own version field says 5.6.0. Apache-2.0. Later versions (2026.08) add techniques and change
  the file format.
- **OWASP Agentic Top 10**, "OWASP Top 10 for Agentic Applications", version 2026 (December 2025), grade S:
  https://www.promptfoo.dev/docs/red-team/owasp-agentic-ai and the architecture page of
  https://github.com/microsoft/agent-governance-toolkit; the list's own page is
  https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/. CC BY-SA 4.0.
- **OWASP NHI Top 10**, "OWASP Non-Human Identities Top 10", version 2025, grade P:
  https://github.com/OWASP/www-project-non-human-identities-top-10, commit 7c9ee8d9e3df, 2025/docs/top-10-2025.md.
  CC BY-SA 4.0.

ATT&CK and ATLAS hold the techniques that the mapping uses, not the whole matrices; the two OWASP lists are whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a public list, in one pinned version of it."""

    list: str
    version: str
    id: str
    title: str

    def __str__(self) -> str:
        return f"{self.list} {self.version} {self.id} {self.title}"


@dataclass(frozen=True, slots=True)
class StandardList:
    """A public list in one version: `titles` by identifier, and where they were read."""

    name: str
    version: str
    source: str
    grade: str
    titles: Mapping[str, str]

    def reference(self, identifier: str) -> Reference:
        """The entry with this identifier. Raises KeyError: an identifier outside the pinned list is a bug."""
        return Reference(self.name, self.version, identifier, self.titles[identifier])


ATTACK = StandardList(
    name="MITRE ATT&CK",
    version="v18.1",
    source="https://github.com/mitre/cti",
    grade="P",
    titles={
        "T1005": "Data from Local System",
        "T1074.002": "Remote Data Staging",
        "T1078.004": "Cloud Accounts",
        "T1098.001": "Additional Cloud Credentials",
        "T1098.003": "Additional Cloud Roles",
        "T1195.002": "Compromise Software Supply Chain",
        "T1199": "Trusted Relationship",
        "T1213.003": "Code Repositories",
        "T1213.006": "Databases",
        "T1484": "Domain or Tenant Policy Modification",
        "T1485": "Data Destruction",
        "T1528": "Steal Application Access Token",
        "T1548.005": "Temporary Elevated Cloud Access",
        "T1550.001": "Application Access Token",
        "T1552.001": "Credentials In Files",
        "T1552.005": "Cloud Instance Metadata API",
        "T1552.008": "Chat Messages",
        "T1555.006": "Cloud Secrets Management Stores",
        "T1562.008": "Disable or Modify Cloud Logs",
        "T1606.002": "SAML Tokens",
        "T1651": "Cloud Administration Command",
    },
)

ATLAS = StandardList(
    name="MITRE ATLAS",
    version="5.6.0 (2026-05-05)",
    source="https://github.com/mitre-atlas/atlas-data",
    grade="P",
    titles={
        "AML.T0012": "Valid Accounts",
        "AML.T0051.001": "LLM Prompt Injection: Indirect",
        "AML.T0053": "AI Agent Tool Invocation",
        "AML.T0055": "Unsecured Credentials",
        "AML.T0080": "AI Agent Context Poisoning",
        "AML.T0082": "RAG Credential Harvesting",
        "AML.T0083": "Credentials from AI Agent Configuration",
        "AML.T0085": "Data from AI Services",
        "AML.T0086": "Exfiltration via AI Agent Tool Invocation",
        "AML.T0091.000": "Use Alternate Authentication Material: Application Access Token",
        "AML.T0098": "AI Agent Tool Credential Harvesting",
        "AML.T0101": "Data Destruction via AI Agent Tool Invocation",
    },
)

AGENTIC = StandardList(
    name="OWASP Agentic Top 10",
    version="2026",
    source="https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/",
    grade="S",
    titles={
        "ASI01": "Agent Goal Hijack",
        "ASI02": "Tool Misuse and Exploitation",
        "ASI03": "Identity and Privilege Abuse",
        "ASI04": "Agentic Supply Chain Vulnerabilities",
        "ASI05": "Unexpected Code Execution (RCE)",
        "ASI06": "Memory & Context Poisoning",
        "ASI07": "Insecure Inter-Agent Communication",
        "ASI08": "Cascading Failures",
        "ASI09": "Human-Agent Trust Exploitation",
        "ASI10": "Rogue Agents",
    },
)

NHI = StandardList(
    name="OWASP NHI Top 10",
    version="2025",
    source="https://github.com/OWASP/www-project-non-human-identities-top-10",
    grade="P",
    titles={
        "NHI1:2025": "Improper Offboarding",
        "NHI2:2025": "Secret Leakage",
        "NHI3:2025": "Vulnerable Third-Party NHI",
        "NHI4:2025": "Insecure Authentication",
        "NHI5:2025": "Overprivileged NHI",
        "NHI6:2025": "Insecure Cloud Deployment Configurations",
        "NHI7:2025": "Long-Lived Secrets",
        "NHI8:2025": "Environment Isolation",
        "NHI9:2025": "NHI Reuse",
        "NHI10:2025": "Human Use of NHI",
    },
)

LISTS: Mapping[str, StandardList] = {entry.name: entry for entry in (ATTACK, ATLAS, AGENTIC, NHI)}
"""Every pinned list by name."""
