from . import controllers, models, platforms, wizards
