from . import return_access
