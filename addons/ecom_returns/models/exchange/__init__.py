from . import return_exchange
