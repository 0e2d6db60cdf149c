"""PayPal as the sandbox plays it: captures, refunds, disputes and withdrawals, and its REST API."""
