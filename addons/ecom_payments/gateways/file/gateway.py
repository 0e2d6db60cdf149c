"""Any processor that hands out files."""

from __future__ import annotations

from ..base import ConnectionReport, Gateway, GatewayCapabilities, register
from ..documents import TransactionDocument
from ..shared import Raw, _
from .rows import parse_transaction


@register
class FileGateway(Gateway):
    """Nothing to connect to: a person or a folder brings the files, :func:`.reading.read_file` reads them."""

    code = "file"
    name = _("Files of another processor")
    capabilities = GatewayCapabilities(files=True, composition=True)

    def test_connection(self) -> ConnectionReport:
        return ConnectionReport("ok", (("mode", "live"),))

    @classmethod
    def parse_transaction(cls, raw: Raw) -> TransactionDocument:
        return parse_transaction(raw)
