from . import controllers, models, platforms
