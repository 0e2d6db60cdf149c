"""A carrier that sells labels: with state, idempotency keys and words of its own."""
