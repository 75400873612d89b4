"""What was promised: docks, pledges, allocations. How it moves lives in `orders.logistics`."""
