from . import test_explanation, test_levels, test_overselling, test_replenishment
