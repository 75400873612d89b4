"""How it moves: trucks, drivers, passes, trips, stops, loads, receipts, and the planner."""
