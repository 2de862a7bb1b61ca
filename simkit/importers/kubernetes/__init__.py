"""Kubernetes: manifests, and what `kubectl get -o json` prints."""
