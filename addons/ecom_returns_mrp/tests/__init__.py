from . import test_kit_repair, test_kits, test_portal_kits, test_translations
