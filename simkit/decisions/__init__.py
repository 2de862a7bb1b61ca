"""How sure an answer is: the same question over many draws of what is not known, and which input decides it."""

from simkit.decisions.decisions import Sensitivity, sensitivity

__all__ = ["Sensitivity", "sensitivity"]
