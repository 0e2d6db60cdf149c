"""Stripe as the sandbox plays it: a balance that charges, refunds, disputes and payouts move, and its API."""
