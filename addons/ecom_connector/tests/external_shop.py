"""What the tests of the API start from: an external shop's channel, its user, and its orders."""

from odoo import Command
from odoo.tests import TransactionCase, new_test_user


def external_order(number=1, **changes):
    """An order as an external shop pushes it: two mugs and their delivery, 28.80 paid by card."""
    return {
        "external_ref": f"A-{number}",
        "number": f"{1000 + number}",
        "state": "confirmed",
        "currency": "EUR",
        "created_at": "2026-11-02T10:00:00Z",
        "updated_at": "2026-11-02T10:00:00Z",
        "prices_include_tax": True,
        "total": "28.80",
        "total_tax": "4.80",
        "customer": {"email": f"client{number}@example.com", "name": "Marie Durand"},
        "billing": {
            "name": "Marie Durand",
            "street": "1 rue de la Paix",
            "city": "Paris",
            "zip": "75002",
            "country": "FR",
        },
        "lines": [
            {
                "id": "1",
                "sku": "MUG",
                "name": "Mug",
                "quantity": 2,
                "net": "20.00",
                "taxes": [{"code": "FR20", "amount": "4.00"}],
            },
            {
                "id": "2",
                "kind": "shipping",
                "name": "Colissimo",
                "method": "colissimo",
                "net": "4.00",
                "taxes": [{"code": "FR20", "amount": "0.80"}],
            },
        ],
        "taxes": [{"code": "FR20", "label": "TVA 20 %", "rate": "20", "country": "FR"}],
        "payments": [{"method": "card", "amount": "28.80", "paid_at": "2026-11-02T10:00:05Z"}],
    } | changes


class ExternalShopCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "external_shop", "base.group_user,ecom_connector.group_api")
        cls.channel = cls._create_channel("Atelier Léa", cls.user)
        cls.mug, cls.pen = cls.env["product.product"].create(
            [
                {"name": "Mug", "default_code": "MUG", "is_storable": True, "list_price": 6},
                {"name": "Stylo", "default_code": "PEN", "barcode": "3760000000017", "is_storable": True},
            ]
        )
        cls.env["stock.quant"]._update_available_quantity(cls.mug, cls.channel.warehouse_id.lot_stock_id, 100)

    @classmethod
    def _create_channel(cls, name, user, **values):
        return cls.env["ecom.channel"].create(
            {
                "name": name,
                "platform": "external",
                "url": "https://shop.example",
                "import_from": False,
                "state": "connected",
                "tax_policy": "create",
                "user_ids": [Command.set(user.ids)],
                **values,
            }
        )

    @property
    def api(self):
        """The facade, as the shop's user calls it."""
        return self.env["ecom.api"].with_user(self.user)

    def push(self, *orders):
        return self.api.order_push(self.channel.code, list(orders))

    def settle(self):
        """Settle what was received, as the orders lane does, and return the channel's orders."""
        channel = self.channel._work_env()
        Order = channel.env["ecom.order"]
        orders = Order._to_settle(channel, 1000)
        for step in ("_settle_documents", "_settle_confirm", "_settle_close"):
            getattr(orders._still("received"), step)(channel)
        self.env.flush_all()
        return Order.search([("channel_id", "=", channel.id)], order="id")

    def publish(self):
        """Do what the commands lane does with what waits."""
        channel = self.channel._work_env()
        commands = channel.env["ecom.command"].search([("channel_id", "=", channel.id), ("state", "=", "pending")])
        for command in commands:
            command.payload = getattr(command, f"_prepare_{command.kind}_payload")()
            command._succeeded("")
            command.shipment_id._told(command)
        commands._publish(channel)

    def assertPlain(self, value):
        """Nothing that XML-RPC cannot carry, nor a client could misread."""
        if isinstance(value, dict):
            for key, inner in value.items():
                self.assertIsInstance(key, str)
                self.assertPlain(inner)
        elif isinstance(value, list):
            for inner in value:
                self.assertPlain(inner)
        else:
            self.assertIsInstance(value, (str, bool, int, float))
