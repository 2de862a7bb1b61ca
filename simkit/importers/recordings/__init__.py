"""Recordings of real work as observed runs: spans of agents, CloudTrail, audit logs of Kubernetes and GitHub."""
