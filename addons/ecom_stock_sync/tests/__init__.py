from . import (
    test_desk,
    test_explanation,
    test_levels,
    test_lots,
    test_overselling,
    test_preparation_batches,
    test_preparation_labels,
    test_preparation_station,
    test_recall,
    test_replenishment,
    test_stock_api,
    test_warranty,
)
