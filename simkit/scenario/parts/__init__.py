"""What a scenario file says, section by section: strict shapes of its mappings, each in a file of its own."""
