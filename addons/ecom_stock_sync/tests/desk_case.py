"""What the tests of the desk start from: a shop that takes changes, and orders that lack goods."""

from unittest.mock import patch

from odoo.addons.ecom_connector.models.channels.channel import EcomChannel
from odoo.addons.ecom_connector.platforms.base import Capabilities
from odoo.addons.ecom_connector.platforms.documents import EditKind, OrderState
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import new_test_user

from .stock_case import ShelfShop, StockCase


class DeskShop(ShelfShop):
    """A shop that takes changes of placed orders, and whose orders can be cancelled from here."""

    capabilities = Capabilities(
        pushes_stock=True,
        batch_size=100,
        page_size=100,
        edits=frozenset(EditKind),
        push_states=frozenset(OrderState),
        notifies_customer=True,
    )
    abstract = ShelfShop.abstract


class DeskCase(StockCase):
    """Three mugs are there, and a customer bought five of them and two pens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(EcomChannel, "_platform_class", lambda _channel: DeskShop))
        cls.env["stock.quant"]._update_available_quantity(cls.mug, cls.location, -97)
        cls.service = new_test_user(cls.env, "desk_service", "base.group_user,ecom_connector.group_service")
        cls.env.ref("base.lang_fr").active = True

    def sell_mugs(self, number=1, mugs=5, pens=2):
        lines = [("MUG", mugs, f"{mugs * 5:.2f}", f"{mugs:.2f}")]
        if pens:
            lines.append(("PEN", pens, f"{pens * 5:.2f}", f"{pens:.2f}"))
        (order,) = self.receive(woo_order(number, lines=tuple(lines)))
        return order

    def desk(self, order):
        """The desk as customer service opens it from the issue desk."""
        row = self.env["ecom.issue.desk"].with_user(self.service).search([("order_id", "=", order.id)])
        action = row.action_settle()
        self.assertEqual(action["res_model"], "ecom.shortage")
        return self.env["ecom.shortage"].with_user(self.service).browse(action["res_id"])

    def way(self, desk, kind, **values):
        (found,) = desk.proposal_ids.filtered(
            lambda way: way.kind == kind and all(way[name] == value for name, value in values.items())
        )
        return found

    def assertSolved(self, order):
        sale = order.sale_order_id
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(sale.ecom_hold)
        self.assertNotIn("oversold", self.open_issues(order).mapped("code"))

    def mails(self, order):
        return self.env["mail.mail"].search([("model", "=", "sale.order"), ("res_id", "=", order.sale_order_id.id)])

    def lyon(self, quantity):
        warehouse = self.env["stock.warehouse"].create({"name": "Dépôt", "code": "DEPOT"})
        self.put(self.mug, quantity, warehouse.lot_stock_id)
        return warehouse
