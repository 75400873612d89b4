"""Every change in pledging. Nothing else assigns a state or a quantity."""
