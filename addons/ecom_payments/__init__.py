from . import controllers, gateways, models, wizards
