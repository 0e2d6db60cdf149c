"""What goes out instead of what comes back."""

from . import return_exchange
