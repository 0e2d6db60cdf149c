from . import test_refund_by_gateway, test_translations
