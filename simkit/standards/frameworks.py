"""The pinned lists of controls: what frameworks ask for, beside the techniques in `lists`.

Grades: P the organisation's own text, S a secondary page. Titles of long texts are shortened to what they are about, in
our own words.

- **NIST CSF**, Cybersecurity Framework 2.0 (NIST CSWP 29, 2024), grade P: the text as packaged in
  https://github.com/intuitem/ciso-assistant-community, commit f990d7b1, and the OSCAL catalog of
  https://github.com/usnistgov/oscal-content, commit 78650f02, nist.gov/CSF/v2.0. Here: the categories PR.AA, DE.CM and
  RS.MI whole, and no other.
- **NIST AI RMF**, Artificial Intelligence Risk Management Framework 1.0 (NIST AI 100-1), grade P: the text as packaged
  in https://github.com/intuitem/ciso-assistant-community, commit f990d7b1. Here: the subcategories that bear on
  identities, grants and incidents.
- **CSA MAESTRO**, the layers of Multi-Agent Environment, Security, Threat, Risk, and Outcome (Cloud Security Alliance,
  2025-02-06), grade S: https://agentic-threat-modeling.github.io/MAESTRO/playbook/01-layers.html; the original is
  https://cloudsecurityalliance.org/blog/2025/02/06/agentic-ai-threat-modeling-framework-maestro. The layers have no
  numbered controls.
- **MITRE ATLAS mitigations** 5.6.0 (2026-05-05), grade P: https://github.com/mitre-atlas/atlas-data, commit 8ee2c689,
  dist/ATLAS.yaml, Apache-2.0. Here: the mitigations that bear on what agents may do. The title of AML.M0019 was read
  from a secondary page.
- **NIST SP 800-63**, Digital Identity Guidelines, revision 4 (final, 2025-07-31), grade S:
  https://www.biometricupdate.com/202508/nist-finalizes-first-full-digital-identity-guidelines-update-since-2017, and
  P for what it leaves out, in the draft of December 2023: https://github.com/usnistgov/800-63-4, commit 9464bb64,
  _sp800-63/sec2_introduction.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from simkit.standards.lists import AGENTIC, ATLAS, NHI, StandardList

CSF = StandardList(
    name="NIST CSF",
    version="2.0",
    source="https://github.com/usnistgov/oscal-content",
    grade="P",
    titles={
        "PR.AA-01": "Identities and credentials are managed",
        "PR.AA-02": "Identities are proofed and bound to credentials",
        "PR.AA-03": "Users, services and hardware are authenticated",
        "PR.AA-04": "Identity assertions are protected, conveyed and verified",
        "PR.AA-05": "Permissions follow least privilege and separation of duties",
        "PR.AA-06": "Physical access is managed",
        "DE.CM-01": "Networks are monitored",
        "DE.CM-02": "The physical environment is monitored",
        "DE.CM-03": "Personnel activity and technology usage are monitored",
        "DE.CM-06": "External service provider activities are monitored",
        "DE.CM-09": "Computing, runtime environments and their data are monitored",
        "RS.MI-01": "Incidents are contained",
        "RS.MI-02": "Incidents are eradicated",
    },
)

AI_RMF = StandardList(
    name="NIST AI RMF",
    version="1.0",
    source="https://github.com/intuitem/ciso-assistant-community",
    grade="P",
    titles={
        "GOVERN 1.5": "Ongoing monitoring and periodic review",
        "GOVERN 1.6": "Inventory of AI systems",
        "GOVERN 1.7": "Decommissioning and phasing out safely",
        "GOVERN 2.1": "Roles, responsibilities and lines of communication",
        "GOVERN 3.2": "Roles for human-AI configurations and oversight",
        "GOVERN 4.3": "Testing, identification of incidents, information sharing",
        "GOVERN 6.1": "Third-party risk policies",
        "GOVERN 6.2": "Contingency for third-party failures",
        "MAP 3.5": "Human oversight processes",
        "MAP 4.1": "Third-party technology risk mapping",
        "MAP 4.2": "Internal risk controls for components, third-party ones included",
        "MAP 5.1": "Likelihood and magnitude of each impact",
        "MEASURE 1.1": "Metrics for the most significant risks",
        "MEASURE 2.4": "Functionality and behaviour monitored in production",
        "MEASURE 2.6": "Safety, and failing safely",
        "MEASURE 2.7": "Security and resilience evaluated and documented",
        "MEASURE 2.8": "Transparency and accountability",
        "MEASURE 3.1": "Emergent risks tracked",
        "MANAGE 1.2": "Treatment of risks prioritised",
        "MANAGE 1.3": "Responses to the highest risks developed",
        "MANAGE 2.3": "Response to and recovery from an unknown risk",
        "MANAGE 2.4": "Superseding, disengaging or deactivating a system",
        "MANAGE 3.1": "Third-party resources monitored",
        "MANAGE 4.1": "Post-deployment monitoring, incident response included",
        "MANAGE 4.3": "Incidents communicated",
    },
)

MAESTRO = StandardList(
    name="CSA MAESTRO",
    version="2025-02-06",
    source="https://cloudsecurityalliance.org/blog/2025/02/06/agentic-ai-threat-modeling-framework-maestro",
    grade="S",
    titles={
        "L1": "Foundation Models",
        "L2": "Data Operations",
        "L3": "Agent Frameworks",
        "L4": "Deployment and Infrastructure",
        "L5": "Evaluation and Observability",
        "L6": "Security and Compliance",
        "L7": "Agent Ecosystem",
        "Cross-Layer": "What spans the layers",
    },
)

ATLAS_MITIGATIONS = StandardList(
    name="MITRE ATLAS mitigations",
    version=ATLAS.version,
    source=ATLAS.source,
    grade="P",
    titles={
        "AML.M0019": "Control Access to AI Models and Data in Production",
        "AML.M0024": "AI Telemetry Logging",
        "AML.M0026": "Privileged AI Agent Permissions Configuration",
        "AML.M0027": "Single-User AI Agent Permissions Configuration",
        "AML.M0028": "AI Agent Tools Permissions Configuration",
        "AML.M0029": "Human In-the-Loop for AI Agent Actions",
        "AML.M0030": "Restrict AI Agent Tool Invocation on Untrusted Data",
        "AML.M0032": "Segmentation of AI Agent Components",
    },
)

DIGITAL_IDENTITY = StandardList(
    name="NIST SP 800-63",
    version="4 (final, 2025-07-31)",
    source="https://www.biometricupdate.com/202508/nist-finalizes-first-full-digital-identity-guidelines-update-since-2017",
    grade="S",
    titles={"IAL, AAL, FAL": "Assurance levels of identity proofing, authentication and federation"},
)

CONTROL_LISTS: Mapping[str, StandardList] = {
    entry.name: entry for entry in (AGENTIC, NHI, MAESTRO, AI_RMF, CSF, ATLAS_MITIGATIONS, DIGITAL_IDENTITY)
}
"""Every list that evidence is given for, by name."""
