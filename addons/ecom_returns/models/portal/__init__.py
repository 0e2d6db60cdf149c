"""What the customer sees and is told."""

from . import return_portal
