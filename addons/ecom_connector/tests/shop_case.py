"""What the tests start from: a connected WooCommerce channel, products, and orders as the shop sends them."""

from odoo.tests import TransactionCase

ADDRESS = {
    "first_name": "Marie",
    "last_name": "Durand",
    "company": "",
    "address_1": "1 rue de la Paix",
    "address_2": "",
    "city": "Paris",
    "state": "",
    "postcode": "75002",
    "country": "FR",
    "phone": "06 12 34 56 78",
}


def woo_order(number, lines=(("MUG", 2, "10.00", "2.00"),), **changes):
    """A WooCommerce order. ``lines`` are (SKU, quantity, net of the line, tax of the line); ``changes`` win."""
    rows = [
        {
            "id": number * 100 + index,
            "name": f"Article {sku}",
            "product_id": 1000 + sum(map(ord, sku)),
            "variation_id": 0,
            "quantity": quantity,
            "subtotal": net,
            "subtotal_tax": tax,
            "total": net,
            "total_tax": tax,
            "taxes": [{"id": 1, "total": tax, "subtotal": tax}],
            "meta_data": [],
            "sku": sku,
            "price": 1,
        }
        for index, (sku, quantity, net, tax) in enumerate(lines)
    ]
    shipping = [
        {
            "id": number * 100 + 90,
            "method_title": "Colissimo",
            "method_id": "flat_rate",
            "total": "4.00",
            "total_tax": "0.80",
            "taxes": [{"id": 1, "total": "0.80", "subtotal": ""}],
            "meta_data": [],
        }
    ]
    net = sum(float(row["total"]) for row in rows) + 4
    tax = sum(float(row["total_tax"]) for row in rows) + 0.8
    return {
        "id": number,
        "number": str(number),
        "status": "processing",
        "currency": "EUR",
        "prices_include_tax": True,
        "date_created_gmt": "2026-11-02T10:00:00",
        "date_modified_gmt": "2026-11-02T10:00:00",
        "date_paid_gmt": "2026-11-02T10:00:05",
        "total": f"{net + tax:.2f}",
        "total_tax": f"{tax:.2f}",
        "customer_id": 0,
        "billing": ADDRESS | {"email": "marie@example.com"},
        "shipping": dict(ADDRESS),
        "payment_method": "stripe",
        "payment_method_title": "Carte",
        "transaction_id": f"ch_{number}",
        "customer_note": "",
        "meta_data": [],
        "line_items": rows,
        "shipping_lines": shipping,
        "fee_lines": [],
        "coupon_lines": [],
        "tax_lines": [
            {
                "rate_code": "FR-TVA-1",
                "rate_id": 1,
                "label": "TVA",
                "compound": False,
                "tax_total": f"{tax - 0.8:.2f}",
                "shipping_tax_total": "0.80",
                "rate_percent": 20,
            }
        ],
        "refunds": [],
    } | changes


def own_fields(env, *fields):
    """Fields that the merchant added, each (model, name, type[, label])."""
    env["ir.model.fields"].create(
        [
            {
                "model_id": env["ir.model"]._get_id(model),
                "name": name,
                "ttype": kind,
                "field_description": label[0] if label else name[2:],
                "state": "manual",
            }
            for model, name, kind, *label in fields
        ]
    )


class ShopCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls.env["ecom.channel"].create(
            {"name": "Boutique", "url": "http://127.0.0.1:9", "import_from": False, "state": "connected"}
        )
        cls.mug, cls.pen = cls.env["product.product"].create(
            [
                {"name": "Mug", "default_code": "MUG", "is_storable": True, "list_price": 6},
                {"name": "Stylo", "default_code": "PEN", "barcode": "3760000000017", "is_storable": True},
            ]
        )
        location = cls.channel.warehouse_id.lot_stock_id
        for product in (cls.mug, cls.pen):
            cls.env["stock.quant"]._update_available_quantity(product, location, 100)

    def receive(self, *raws, refunds=None):
        """Stage these orders and settle them, as the orders lane does, and return them."""
        channel = self.channel._work_env()
        Order = channel.env["ecom.order"]
        Order._stage(channel, raws, refunds or {})
        orders = Order._to_settle(channel, 1000)
        for step in ("_settle_documents", "_settle_confirm", "_settle_close"):
            getattr(orders._still("received"), step)(channel)
        orders.flush_recordset()
        return Order.search([("external_id", "in", [str(raw["id"]) for raw in raws])], order="id")

    def open_issues(self, order=None):
        domain = [("channel_id", "=", self.channel.id), ("state", "=", "open")]
        return self.env["ecom.issue"].search(domain + ([("order_id", "=", order.id)] if order else []))
