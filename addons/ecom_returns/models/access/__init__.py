"""Who may approve, inspect and pay back."""

from . import return_access
