from . import gateway, gateway_connection, gateway_lane, ir_cron, payment_mapping
