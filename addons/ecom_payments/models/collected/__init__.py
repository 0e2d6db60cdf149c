"""Money that comes in sums for many orders: slips of cheques, what carriers collected at the door."""

from . import gateway_collected, order_collected
