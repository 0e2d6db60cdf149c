from . import (
    test_bank,
    test_control,
    test_gateways,
    test_payouts,
    test_stripe_month,
    test_transactions,
    test_translations,
)
