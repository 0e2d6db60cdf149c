import json
import os
from pathlib import Path

from odoo.tests import tagged

from .shop_case import ShopCase

CONTRACTS = Path(
    os.environ.get("ECOM_CONTRACTS") or Path(__file__).resolve().parents[4] / "shared" / "contracts"
).joinpath("woocommerce")


def recorded_orders():
    """Every order that a real shop answered or delivered, by where it was recorded."""
    for path in sorted([*CONTRACTS.glob("golden/*.json"), *CONTRACTS.glob("recordings/**/*.json")]):
        recorded = json.loads(path.read_text())
        if not isinstance(recorded, dict):
            continue
        answer = recorded.get("response", recorded)
        body = answer.get("body")
        if isinstance(body, str):
            try:
                body = json.loads(body)
            except ValueError:
                continue
        for index, row in enumerate(body if isinstance(body, list) else [body]):
            if isinstance(row, dict) and "line_items" in row and "billing" in row and "date_created_gmt" in row:
                yield f"{path.name}[{index}]", row


@tagged("post_install", "-at_install")
class TestRecordings(ShopCase):
    def test_every_recorded_order_goes_through_the_whole_import(self):
        if not CONTRACTS.is_dir():
            self.skipTest(f"no recordings in {CONTRACTS}")
        self.channel.write({"product_policy": "create", "tax_policy": "create", "currency_policy": "activate"})
        recorded = list(recorded_orders())
        self.assertGreater(len(recorded), 30)
        # The two recorded shops number their orders alike, and each exchange is another moment of its order.
        raws = [raw | {"id": 10_000 + number, "number": f"R{number}"} for number, (_place, raw) in enumerate(recorded)]
        orders = self.receive(*raws)
        self.assertEqual(len(orders), len(raws))
        for (place, _raw), raw, order in zip(recorded, raws, orders, strict=True):
            with self.subTest(place):
                self.assertNotEqual(order.state, "blocked", self.open_issues(order).mapped("message"))
                self.assertEqual(f"{order.amount_total:.2f}", raw["total"])
                sale_order = order.sale_order_id
                if sale_order:
                    self.assertEqual(f"{sale_order.amount_total:.2f}", raw["total"])
                    self.assertEqual(f"{sale_order.amount_tax:.2f}", raw["total_tax"])
                self.assertEqual(len(order.refund_ids), len(raw["refunds"]))
