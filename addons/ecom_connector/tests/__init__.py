from . import (
    test_corpus,
    test_customers,
    test_following,
    test_hold,
    test_money_properties,
    test_orders_in,
    test_policies,
    test_recordings,
    test_screens,
    test_security,
    test_shipments,
    test_translations,
)
