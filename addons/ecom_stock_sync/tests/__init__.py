from . import (
    test_explanation,
    test_levels,
    test_overselling,
    test_preparation_batches,
    test_preparation_labels,
    test_preparation_station,
    test_replenishment,
)
