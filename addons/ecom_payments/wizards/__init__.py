from . import gateway_file, gateway_handover, gateway_setup, month_end, month_end_accrual
