"""The catalogue: what shops sell, and which products of ours it is."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    listing,
    offer,
    product,
    product_pricelist,
    catalogue_import,
    catalogue_line,
    catalogue_read,
    catalogue_match,
    catalogue_apply,
    catalogue_create,
    catalogue_undo,
    channel_catalogue,
    listing_change,
    listing_document,
    offer_price,
    term,
    channel_listings,
    listing_watch,
    listing_incoming,
    listing_publish,
    audit,
    audit_checks,
)
