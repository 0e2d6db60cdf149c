from . import refund_by_gateway
