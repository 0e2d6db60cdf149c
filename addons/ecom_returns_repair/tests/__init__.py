from . import test_repair, test_story_repair, test_translations
