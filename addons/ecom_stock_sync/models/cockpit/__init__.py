"""The stock cockpit: what needs somebody today, and the way to act."""

from . import stock_cockpit
