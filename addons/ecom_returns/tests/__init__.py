from . import (
    test_exchange,
    test_money,
    test_money_properties,
    test_portal,
    test_receipt,
    test_returns,
    test_returns_api,
    test_slip,
    test_translations,
)
