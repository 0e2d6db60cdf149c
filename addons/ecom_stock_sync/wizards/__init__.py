from . import preparation_plan, replenishment_accept
