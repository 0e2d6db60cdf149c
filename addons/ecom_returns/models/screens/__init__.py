"""The analysis of returns, and where each return stops."""

from . import return_report, return_stops
