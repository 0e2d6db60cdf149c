from odoo import Command
from odoo.addons.ecom_returns.tests.money_case import MoneyReturnsCase


class KitsCase(MoneyReturnsCase):
    """A set of two mugs at 6 and a pen at 3, sold for 12 and 2.40 of tax."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug.lst_price, cls.pen.lst_price = 6, 3
        cls.kit = cls.env["product.product"].create({"name": "Coffret", "default_code": "SET", "type": "consu"})
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": cls.mug.id, "product_qty": 2}),
                    Command.create({"product_id": cls.pen.id, "product_qty": 1}),
                ],
            }
        )

    def sets(self, count, number=1):
        order = self.shipped(number, ("SET", count, f"{12 * count}.00", f"{2.4 * count:.2f}"))
        self.assertEqual(self.sold(order, "SET").qty_delivered, count, self.open_issues(order).mapped("message"))
        return order

    def asked(self, order, quantity, part=None, **values):
        line = {"sale_line_id": self.sold(order, "SET").id, "quantity": quantity, "part_id": part and part.id}
        return self.ask(order, line_ids=[Command.create(line)], **values)

    def back(self, order, quantity, part=None, settle=True):
        found = self.asked(order, quantity, part, kind="terms")
        found.action_approve()
        found.action_receive_all()
        found.action_restock_all()
        if settle:
            found.action_settle()
        return found
