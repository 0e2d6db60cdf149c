"""What to buy, when, and why."""
