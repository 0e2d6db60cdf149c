from . import return_unsold
