"""A Shopify shop: its GraphQL Admin API 2026-10 with state, its webhooks, bulk operations and pages."""
