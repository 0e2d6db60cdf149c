"""What the tests of stock start from: a shop that keeps what it is told, and listings of its products."""

from unittest.mock import patch

from odoo.addons.ecom_connector.models.channels.channel import EcomChannel
from odoo.addons.ecom_connector.platforms.base import Capabilities, Platform
from odoo.addons.ecom_connector.platforms.stock import StockPage, StockResult, StockState
from odoo.addons.ecom_connector.platforms.woocommerce import WooCommerce
from odoo.addons.ecom_connector.tests.shop_case import ShopCase


class ShelfShop(WooCommerce):
    """A WooCommerce shop without HTTP, as far as stock goes: it shows what it was told last."""

    capabilities = Capabilities(pushes_stock=True, batch_size=100, page_size=100)
    shelves = {}  # {(product, variant, location): quantity}
    calls = []
    refusals = {}  # {product: Refusal}
    abstract = Platform.__abstractmethods__

    def push_stock(self, changes):
        self.calls.append(list(changes))
        results = []
        for change in changes:
            if refusal := self.refusals.get(change.product_id):
                results.append(StockResult(refusal=refusal))
                continue
            self.shelves[change.product_id, change.variant_id, change.location] = change.quantity
            results.append(StockResult(change.quantity))
        return results

    def read_stock(self, cursor=""):
        return StockPage(
            tuple(
                StockState(product, variant, quantity, location)
                for (product, variant, location), quantity in sorted(self.shelves.items())
            )
        )


class StockCase(ShopCase):
    """A connected channel that sells the mug and the pen, of which there are 100 each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(EcomChannel, "_platform_class", lambda _channel: ShelfShop))
        cls.location = cls.channel.warehouse_id.lot_stock_id
        cls.channel.stock_push = True
        cls.mug_offer = cls.sell(cls.mug, "10")
        cls.pen_offer = cls.sell(cls.pen, "20")

    def setUp(self):
        super().setUp()
        ShelfShop.shelves, ShelfShop.calls, ShelfShop.refusals = {}, [], {}
        self.catch_up()

    @classmethod
    def sell(cls, product, external_id, channel=None, **values):
        """The offer of a product that a channel's shop has under this id."""
        listing = cls.env["ecom.listing"].create(
            {
                "channel_id": (channel or cls.channel).id,
                "external_id": external_id,
                "product_tmpl_id": product.product_tmpl_id.id,
            }
        )
        return cls.env["ecom.offer"].create(
            {
                "listing_id": listing.id,
                "external_id": "",
                "sku": product.default_code,
                "product_id": product.id,
                **values,
            }
        )

    def catch_up(self):
        """Let the transaction end, as far as the change log goes, and the stock lane work everything off."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        Level = self.env["ecom.stock.level"]
        while Level._work_off():
            pass
        self.env.invalidate_all()

    def push(self, channel=None):
        """Let the channel's lane tell the shop, without its commits; returns what was told, by the shop's product."""
        channel = (channel or self.channel)._work_env()
        changes = channel._stock_changes(500)
        results = channel._platform_class().push_stock(ShelfShop, [change for change, *_rest in changes.values()])
        channel._note_stock_results(changes, results)
        self.env.invalidate_all()
        return {change.product_id: change.quantity for change, *_rest in changes.values()}

    def level(self, offer):
        return self.env["ecom.stock.level"].search([("offer_id", "=", offer.id)])

    def quantity(self, offer):
        """What the offer is to show, once the lane has caught up."""
        self.catch_up()
        return self.level(offer).quantity

    def rule(self, **values):
        return self.env["ecom.stock.rule"].create(values)

    def put(self, product, quantity, location=None, lot=None):
        self.env["stock.quant"]._update_available_quantity(product, location or self.location, quantity, lot_id=lot)

    def order(self, product, quantity, confirm=True):
        """A sales order of Odoo's own."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Client"}).id,
                "warehouse_id": self.channel.warehouse_id.id,
                "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": quantity})],
            }
        )
        if confirm:
            order.action_confirm()
        return order
