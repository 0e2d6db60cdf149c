"""Files of any other processor, CSV or XLSX, read with a saved mapping of columns. Pure: nothing is called."""

from .gateway import FileGateway
from .mapping import FIELDS, FileMapping
from .reading import FileProblem, FileResult, read_file
from .rows import parse_transaction, payout_name, payouts_of
from .suggesting import suggest, suggest_kind
from .tables import Table, read_table

__all__ = [
    "FIELDS",
    "FileGateway",
    "FileMapping",
    "FileProblem",
    "FileResult",
    "Table",
    "parse_transaction",
    "payout_name",
    "payouts_of",
    "read_file",
    "read_table",
    "suggest",
    "suggest_kind",
]
