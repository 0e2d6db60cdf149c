from . import clearing_line, payment_check
