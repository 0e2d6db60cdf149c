"""PayPal as the sandbox plays it."""
