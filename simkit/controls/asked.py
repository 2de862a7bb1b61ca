"""What each control asks, in our own words, and what carries it out and measures it here.

The pairing is simkit's own reading: the control is *relevant to* the dial, never satisfied by it, and nobody at the
organisations has reviewed it. An empty measure says that nothing in a simulation of grants bears on the control.
"""

from __future__ import annotations

from dataclasses import dataclass

from simkit.standards.frameworks import AI_RMF, ATLAS_MITIGATIONS, CONTROL_LISTS, CSF, DIGITAL_IDENTITY, MAESTRO
from simkit.standards.lists import AGENTIC, NHI, Reference


@dataclass(frozen=True, slots=True)
class Asked:
    """One control: what it asks, the dial or narrowing that carries it out here, and the measure of it.

    Without a measure, `carrier` says why there is none.
    """

    list: str
    id: str
    asks: str
    carrier: str
    measure: str = ""

    @property
    def reference(self) -> Reference:
        """The control in its pinned list."""
        return CONTROL_LISTS[self.list].reference(self.id)


MACHINES_LEFT_OUT = (
    "leaves machine identities out: device and machine-to-machine authentication, and access to APIs on behalf of "
    "subjects, are not addressed, so nothing measured about an agent claims an assurance level; it bears only on the "
    "person at the root of a delegation."
)
"""What has to be said wherever SP 800-63-4 is named."""

_NO_PEOPLE = "what people and organisations do is outside a simulation of grants"
_NO_MODELS = "how a model is built and how it answers is outside a simulation of grants"
_NO_PLACES = "networks and buildings are outside a simulation of grants"

ASKED: tuple[Asked, ...] = (
    Asked(
        AGENTIC.name, "ASI01", "keep an agent's goals from being taken over by what it reads", "context dial", "poison"
    ),
    Asked(AGENTIC.name, "ASI02", "keep tools from being used beyond what the task asks", "scope dial", "arguments"),
    Asked(
        AGENTIC.name,
        "ASI03",
        "give agents identities and privileges of their own, no more",
        "scope dial",
        "least privilege",
    ),
    Asked(
        AGENTIC.name,
        "ASI04",
        "know and constrain what agents are built from",
        "narrowing of the pipeline",
        "supply chain",
    ),
    Asked(AGENTIC.name, "ASI05", "keep an agent from running code that nobody meant to run", "scope dial", "code"),
    Asked(AGENTIC.name, "ASI06", "keep what an agent remembers and retrieves clean", "context dial", "poison"),
    Asked(AGENTIC.name, "ASI07", "protect what agents say to one another", "delegation dial", "delegation"),
    Asked(AGENTIC.name, "ASI08", "keep one failure from spreading from agent to agent", "delegation dial", "cascade"),
    Asked(
        AGENTIC.name, "ASI09", "keep people from trusting an agent too readily", "context dial: approval", "oversight"
    ),
    Asked(AGENTIC.name, "ASI10", "limit an agent that acts on its own against its purpose", "scope dial", "mistake"),
    Asked(
        NHI.name, "NHI1:2025", "remove identities that are no longer used", "narrowing: drop the credential", "retired"
    ),
    Asked(
        NHI.name,
        "NHI2:2025",
        "keep secrets out of places where they can be read",
        "narrowing: move a credential",
        "at rest",
    ),
    Asked(
        NHI.name,
        "NHI3:2025",
        "limit what a third party's identity can do",
        "narrowing: drop entitlements",
        "third party",
    ),
    Asked(NHI.name, "NHI4:2025", "authenticate with more than possession of a secret", "binding dial", "binding"),
    Asked(NHI.name, "NHI5:2025", "grant no more than is needed", "scope dial", "least privilege"),
    Asked(NHI.name, "NHI6:2025", "configure deployment pipelines and federation safely", "configurations are not read"),
    Asked(NHI.name, "NHI7:2025", "let secrets expire soon", "expiry dial", "long-lived"),
    Asked(NHI.name, "NHI8:2025", "keep environments apart", "context dial: checks", "environments"),
    Asked(NHI.name, "NHI9:2025", "use one identity for one purpose", "identity dial", "reuse"),
    Asked(NHI.name, "NHI10:2025", "keep people from working as machine identities", _NO_PEOPLE),
    Asked(MAESTRO.name, "L1", "look at threats to the model itself", _NO_MODELS),
    Asked(MAESTRO.name, "L2", "look at threats to the data that agents work on", "context dial", "poison"),
    Asked(
        MAESTRO.name, "L3", "look at threats to the framework that runs agents and their tools", "scope dial", "scope"
    ),
    Asked(MAESTRO.name, "L4", "look at threats to what agents run on and are shipped by", "expiry dial", "long-lived"),
    Asked(MAESTRO.name, "L5", "look at threats to seeing what agents do", "response dial: logging", "monitoring"),
    Asked(
        MAESTRO.name,
        "L6",
        "look at threats to the controls themselves: identity, access, policy",
        "identity and scope dials",
        "least privilege",
    ),
    Asked(
        MAESTRO.name,
        "L7",
        "look at threats among agents, and between them and the world",
        "delegation dial",
        "delegation",
    ),
    Asked(MAESTRO.name, "Cross-Layer", "look at attacks that travel through several layers", "all dials", "cascade"),
    Asked(AI_RMF.name, "GOVERN 1.5", "plan to monitor and review", _NO_PEOPLE),
    Asked(AI_RMF.name, "GOVERN 1.6", "keep an inventory of AI systems", "the scenario file", "inventory"),
    Asked(AI_RMF.name, "GOVERN 1.7", "take systems out of service safely", "narrowing: drop the credential", "retired"),
    Asked(AI_RMF.name, "GOVERN 2.1", "say who answers for what", _NO_PEOPLE),
    Asked(AI_RMF.name, "GOVERN 3.2", "say who oversees people and AI working together", _NO_PEOPLE),
    Asked(AI_RMF.name, "GOVERN 4.3", "test, find incidents and tell others", _NO_PEOPLE),
    Asked(AI_RMF.name, "GOVERN 6.1", "have policies for what third parties bring", _NO_PEOPLE),
    Asked(AI_RMF.name, "GOVERN 6.2", "be ready for a third party's failure", _NO_PEOPLE),
    Asked(AI_RMF.name, "MAP 3.5", "define how people oversee the system", "context dial: approval", "oversight"),
    Asked(
        AI_RMF.name,
        "MAP 4.1",
        "map the risks of third parties' technology",
        "narrowing: drop entitlements",
        "third party",
    ),
    Asked(AI_RMF.name, "MAP 4.2", "identify internal controls for each component", "all dials", "priorities"),
    Asked(AI_RMF.name, "MAP 5.1", "estimate likelihood and magnitude of each impact", "the blast radius", "magnitude"),
    Asked(AI_RMF.name, "MEASURE 1.1", "choose metrics for the most significant risks", "the blast radius", "metrics"),
    Asked(AI_RMF.name, "MEASURE 2.4", "monitor behaviour in production", "nothing here runs in production"),
    Asked(AI_RMF.name, "MEASURE 2.6", "show that the system is safe and fails safely", _NO_MODELS),
    Asked(AI_RMF.name, "MEASURE 2.7", "evaluate security and resilience", "the blast radius", "magnitude"),
    Asked(AI_RMF.name, "MEASURE 2.8", "examine transparency and accountability", _NO_PEOPLE),
    Asked(AI_RMF.name, "MEASURE 3.1", "track risks as they emerge", _NO_PEOPLE),
    Asked(AI_RMF.name, "MANAGE 1.2", "treat risks in the order of their weight", "all dials", "priorities"),
    Asked(AI_RMF.name, "MANAGE 1.3", "plan responses to the highest risks", "all dials", "priorities"),
    Asked(AI_RMF.name, "MANAGE 2.3", "respond to a risk that was unknown", _NO_PEOPLE),
    Asked(AI_RMF.name, "MANAGE 2.4", "be able to switch a system off", "response dial", "containment"),
    Asked(
        AI_RMF.name, "MANAGE 3.1", "monitor what third parties supply", "narrowing: drop entitlements", "third party"
    ),
    Asked(AI_RMF.name, "MANAGE 4.1", "monitor after deployment, with incident response", "response dial", "monitoring"),
    Asked(AI_RMF.name, "MANAGE 4.3", "tell those concerned of incidents", _NO_PEOPLE),
    Asked(CSF.name, "PR.AA-01", "manage identities and credentials", "identity dial", "credentials"),
    Asked(CSF.name, "PR.AA-02", "bind credentials to the identity that they stand for", "binding dial", "binding"),
    Asked(CSF.name, "PR.AA-03", "authenticate users, services and hardware", "every use authenticates here: no dial"),
    Asked(
        CSF.name,
        "PR.AA-04",
        "protect and verify what one service tells another of an identity",
        "delegation dial",
        "delegation",
    ),
    Asked(
        CSF.name,
        "PR.AA-05",
        "define, enforce and review entitlements by least privilege",
        "scope dial",
        "least privilege",
    ),
    Asked(CSF.name, "PR.AA-06", "manage physical access", _NO_PLACES),
    Asked(CSF.name, "DE.CM-01", "watch networks", _NO_PLACES),
    Asked(CSF.name, "DE.CM-02", "watch the physical environment", _NO_PLACES),
    Asked(
        CSF.name, "DE.CM-03", "watch what people do and how technology is used", "response dial: logging", "monitoring"
    ),
    Asked(CSF.name, "DE.CM-06", "watch what service providers do", "narrowing: drop entitlements", "third party"),
    Asked(CSF.name, "DE.CM-09", "watch runtimes and their data", "response dial: logging", "monitoring"),
    Asked(CSF.name, "RS.MI-01", "contain incidents", "response dial", "containment"),
    Asked(CSF.name, "RS.MI-02", "eradicate incidents", "completeness of the response", "eradication"),
    Asked(
        ATLAS_MITIGATIONS.name, "AML.M0019", "require identity for access in production", "identity dial", "credentials"
    ),
    Asked(ATLAS_MITIGATIONS.name, "AML.M0024", "log what AI systems do", "response dial: logging", "monitoring"),
    Asked(
        ATLAS_MITIGATIONS.name, "AML.M0026", "give privileged agents least privilege", "scope dial", "least privilege"
    ),
    Asked(
        ATLAS_MITIGATIONS.name,
        "AML.M0027",
        "give an agent no more than the user it acts for",
        "delegation dial",
        "delegation",
    ),
    Asked(ATLAS_MITIGATIONS.name, "AML.M0028", "give each tool no more than it needs", "scope dial", "arguments"),
    Asked(
        ATLAS_MITIGATIONS.name, "AML.M0029", "have a person confirm what matters", "context dial: approval", "oversight"
    ),
    Asked(
        ATLAS_MITIGATIONS.name,
        "AML.M0030",
        "restrict tools once untrusted data was read",
        "context dial: checks",
        "checks",
    ),
    Asked(
        ATLAS_MITIGATIONS.name, "AML.M0032", "keep components of agents apart", "context dial: checks", "environments"
    ),
    Asked(
        DIGITAL_IDENTITY.name,
        "IAL, AAL, FAL",
        "prove, authenticate and federate the identities of people",
        MACHINES_LEFT_OUT,
    ),
)
"""Every control of every pinned list, in the order of the lists."""
