"""A WooCommerce 10.9 shop: its REST API v3 with state, its webhooks and its pages."""
