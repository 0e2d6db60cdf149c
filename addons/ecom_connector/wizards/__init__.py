from . import (
    listing_compare,
    listing_publish,
    order_address,
    order_edit,
    order_hold,
    order_split,
    partner_merge,
    tax_setup,
)
