"""What to change first: edits screened by the worst case, measured by replay, ranked by gain per cost."""
