from . import replenishment_accept
