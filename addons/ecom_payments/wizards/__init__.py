from . import gateway_setup, month_end
