"""Means of payment that nobody can be asked about: the bank's statement, a list or a person says what came in."""

from __future__ import annotations

from .base import ConnectionReport, Gateway, GatewayCapabilities, register
from .documents import TransactionDocument
from .file.rows import parse_transaction
from .shared import Raw, _


class ManualGateway(Gateway):
    """Nothing to connect to."""

    def test_connection(self) -> ConnectionReport:
        return ConnectionReport("ok", (("mode", "live"),))


@register
class BankTransfer(ManualGateway):
    code = "bank_transfer"
    name = _("Bank transfer")
    capabilities = GatewayCapabilities(bank=True, awaited=True)


@register
class CashOnDelivery(ManualGateway):
    """The carrier collects it, and hands it over in sums, less its fee; its list is a file."""

    code = "cash_on_delivery"
    name = _("Cash on delivery")
    capabilities = GatewayCapabilities(collected=True, awaited=True, files=True)

    @classmethod
    def parse_transaction(cls, raw: Raw) -> TransactionDocument:
        return parse_transaction(raw)


@register
class Cheque(ManualGateway):
    """Cheques are handed in together: one line of the bank for a deposit slip."""

    code = "cheque"
    name = _("Cheque")
    capabilities = GatewayCapabilities(bank=True, collected=True, awaited=True)


@register
class GiftCard(ManualGateway):
    """Paid for when the card was sold: what is used up of it is a debt that shrinks."""

    code = "gift_card"
    name = _("Gift card")
    capabilities = GatewayCapabilities(prepaid=True)
