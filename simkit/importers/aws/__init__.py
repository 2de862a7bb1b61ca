"""An account of AWS as a scenario: rights evaluated, trust on both sides, and what changes the state of either."""
