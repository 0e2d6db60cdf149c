"""No unit is sold twice: reservations one at a time, and what is done about orders that found nothing."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    reservation_guard,
    cart_reservation,
    order_shortage,
    issue_shortage,
    shortage_facts,
    shortage_remedies,
)
