from . import test_kits, test_translations
