"""GitHub Actions: workflows, what their jobs may do, and who else's words and code run in them."""
