"""Forms of pledging: they check shape and hand over to an action."""
