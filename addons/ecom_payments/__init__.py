from . import gateways, models, wizards
