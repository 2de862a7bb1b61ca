"""What to change together: the cheapest set of edits that cuts a goal off, with its proof."""
