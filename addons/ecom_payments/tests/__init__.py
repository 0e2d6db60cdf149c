from . import (
    test_api_payments,
    test_bank,
    test_bank_transfers,
    test_control,
    test_gateways,
    test_payouts,
    test_profit,
    test_stripe_month,
    test_thread,
    test_transactions,
    test_translations,
)
