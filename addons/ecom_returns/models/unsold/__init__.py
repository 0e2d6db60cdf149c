"""Returns of goods that no order of ours tells of."""

from . import return_unsold
