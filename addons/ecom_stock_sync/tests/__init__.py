from . import test_levels, test_overselling
