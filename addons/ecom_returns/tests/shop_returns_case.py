"""A shop on which customers ask for returns: WooCommerce without HTTP, with returns in its orders."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.ecom_connector.models.channels.channel import EcomChannel
from odoo.addons.ecom_connector.platforms.base import CommandResult
from odoo.addons.ecom_connector.platforms.returns import (
    ExchangeLineDocument,
    ReturnDocument,
    ReturnLineDocument,
    ReturnState,
)
from odoo.addons.ecom_connector.platforms.woocommerce import WooCommerce
from odoo.addons.ecom_connector.tests.shop_case import woo_order

from .money_case import MoneyReturnsCase, PayingShop

ALL = frozenset(ReturnState) - {ReturnState.REQUESTED}


class ReturningShop(PayingShop):
    capabilities = replace(WooCommerce.capabilities, returns=True, push_returns=ALL)
    told = []  # what it was told of returns

    @classmethod
    def parse_order(cls, raw):
        document = super().parse_order({name: value for name, value in raw.items() if name != "_returns"})
        return replace(document, returns=tuple(map(_read, raw.get("_returns", ()))))

    @classmethod
    def parse_refund(cls, raw):
        return replace(super().parse_refund(raw), return_id=raw.get("_return", ""))

    def push_returns(self, returns):
        ReturningShop.told += returns
        return [CommandResult(ok=True, external_id=command.return_id) for command in returns]


class MakingShop(ReturningShop):
    """It has returns made for us too, each key once, or says what it was told to."""

    capabilities = replace(ReturningShop.capabilities, makes_returns=True, makes_exchanges=True, ships_exchanges=True)
    asked = {}  # {key: NewReturn}
    says = []  # what it answers next, before it makes anything
    left = []  # what it was told to have left

    def push_shipments(self, shipments):
        MakingShop.left += shipments
        return [CommandResult(ok=True, external_id=shipment.key) for shipment in shipments]

    def make_returns(self, returns):
        results = []
        for command in returns:
            if MakingShop.says:
                results.append(MakingShop.says.pop(0))
                continue
            MakingShop.asked.setdefault(command.key, command)
            results.append(CommandResult(ok=True, external_id=f"M{list(MakingShop.asked).index(command.key) + 1}"))
        return results


class UntoldShop(ReturningShop):
    """It shows returns, and can be told nothing of them."""

    capabilities = replace(ReturningShop.capabilities, push_returns=frozenset())


def _read(row):
    lines = [
        ReturnLineDocument(
            str(line), Decimal(quantity), row.get("reason", ""), row.get("label", ""), row.get("note", "")
        )
        for line, quantity in row["lines"]
    ]
    return ReturnDocument(
        external_id=row.get("id", "R1"),
        number=f"#{row.get('id', 'R1')}",
        state=ReturnState(row.get("state", "requested")),
        lines=tuple(lines),
        created_at=datetime.fromisoformat(row.get("at", "2026-11-20T10:00:00")).replace(tzinfo=timezone.utc),
        exchanges=tuple(ExchangeLineDocument(Decimal(quantity), sku) for sku, quantity in row.get("exchanges", ())),
        keeps=row.get("keeps", False),
        answer=row.get("answer", ""),
        tracking=row.get("tracking", ""),
        key=row.get("key", ""),
    )


class ShopReturnsCase(MoneyReturnsCase):
    """An order whose goods are with the customer, on such a shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.company_id.partner_id.lang = "en_US"  # what lanes say is in the company's language
        cls.startClassPatcher(patch.object(EcomChannel, "_platform_class", lambda _channel: ReturningShop))
        cls.order = cls().shipped(1)

    def setUp(self):
        super().setUp()
        ReturningShop.told, MakingShop.asked, MakingShop.says, MakingShop.left = [], {}, [], []
        self.minutes = 0

    def play(self, platform):
        self.startPatcher(patch.object(EcomChannel, "_platform_class", lambda _channel: platform))

    def says(self, number, *returns, refunds=(), **changes):
        """The shop tells its order anew, with these returns and raw refunds."""
        self.minutes += 1
        named = [{"id": refund["id"], "reason": "", "total": f"-{refund['amount']}"} for refund in refunds]
        changes = {"date_modified_gmt": f"2026-11-20T10:{self.minutes:02}:00", "refunds": named, **changes}
        raw = woo_order(number, _returns=list(returns), **changes)
        return self.receive(raw, refunds={str(number): list(refunds)})

    def paid_back(self, refund_id, amount, return_id):
        """A refund of an amount alone, made on the shop for one of its returns."""
        moment = "2026-11-21T10:00:00"
        return {"id": refund_id, "amount": amount, "date_created_gmt": moment, "meta_data": [], "_return": return_id}

    def ours(self, order):
        return order.sale_order_id.ecom_return_ids

    def messages(self, order):
        found = order.command_ids.filtered(lambda command: command.kind in ("return", "new_return")).sorted("id")
        return [(command.value, command.state) for command in found]

    def tell_all(self, kinds=("note", "new_return", "refund", "return")):
        """Let the commands lane send what waits, in its order."""
        channel = self.channel._work_env()
        self.startPatcher(patch.object(type(channel), "_in_transaction", lambda _channel, work: work()))
        played = channel._platform_class()
        shop = played.__new__(played)
        for kind in kinds:
            while commands := channel.env["ecom.command"]._due(channel, kind, 20):
                channel._send(shop, kind, commands)
                self.env.flush_all()
        self.env.invalidate_all()
