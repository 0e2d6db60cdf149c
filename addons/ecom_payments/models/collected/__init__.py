from . import gateway_collected, order_collected
