from . import test_kits, test_portal_kits, test_translations
