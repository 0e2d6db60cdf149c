from . import lot_assign, lot_lookup, preparation_plan, replenishment_accept, shortage
