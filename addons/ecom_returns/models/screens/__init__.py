from . import return_report, return_stops
