"""What the tests of the API's stock start from: a shop that calls Odoo, and sells a mug."""

from datetime import timedelta

from odoo.addons.ecom_connector.tests.external_shop import ExternalShopCase


class StockApiCase(ExternalShopCase):
    """An external shop that sells the mug, of which there is one, and whose calls see their own transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.location = cls.channel.warehouse_id.lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(cls.mug, cls.location, -99)
        cls.offer = cls.sell(cls.mug)

    def setUp(self):
        super().setUp()
        # Calls open a transaction of their own: here it is one within the test's.
        self.registry_enter_test_mode()
        self.catch_up()

    @property
    def api(self):
        """The facade; what the test did before is written down, as it is before a call comes in."""
        self.env.flush_all()
        return super().api

    @classmethod
    def sell(cls, product, channel=None, **values):
        listing = cls.env["ecom.listing"].create(
            {"channel_id": (channel or cls.channel).id, "product_tmpl_id": product.product_tmpl_id.id}
        )
        return cls.env["ecom.offer"].create(
            {"listing_id": listing.id, "sku": product.default_code, "product_id": product.id, **values}
        )

    def catch_up(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        while self.env["ecom.stock.level"]._work_off():
            pass
        self.env.invalidate_all()

    def reserve(self, ref="cart-1", sku="MUG", quantity=1, **more):
        (result,) = self.api.reserve(self.channel.code, [{"ref": ref, "sku": sku, "quantity": quantity, **more}])
        self.assertPlain(result)
        self.env.invalidate_all()
        return result

    def confirm(self, *refs):
        results = self.api.confirm(self.channel.code, list(refs))
        self.assertPlain(results)
        self.env.invalidate_all()
        return results

    def shown(self):
        """What the offer shows when the lane has worked everything off."""
        self.catch_up()
        return self.env["ecom.stock.level"].search([("offer_id", "=", self.offer.id)]).quantity

    def later(self, **time):
        """Let time pass: the carts' time comes nearer."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE ecom_stock_reservation SET expires_at = expires_at - %s", [timedelta(**time)])
        self.env.invalidate_all()

    def put(self, product, quantity, location=None, lot=None):
        self.env["stock.quant"]._update_available_quantity(product, location or self.location, quantity, lot_id=lot)
