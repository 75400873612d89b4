"""Every change in the market. Nothing else assigns a state or a quantity."""
