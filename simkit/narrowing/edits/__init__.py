"""What can be changed: each edit of a scenario that takes something away or makes it narrower, and what work needs."""
