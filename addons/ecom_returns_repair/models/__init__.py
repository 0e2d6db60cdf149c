from . import return_repair
