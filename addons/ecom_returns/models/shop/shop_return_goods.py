from odoo import Command, fields, models
from odoo.addons.ecom_connector.platforms.documents import ProductDocument
from odoo.addons.ecom_connector.platforms.returns import AT_FAULT
from odoo.exceptions import UserError


class EcomOrderReturn(models.Model):
    """What a return of ours is made of, from what the shop says."""

    _inherit = "ecom.order.return"

    def _goods(self):
        """``{sales order line: {"quantity", "reason", "notes"}}`` of what comes back; the shop may name a line twice.

        :raise UserError: where it names goods that the order does not have
        """
        self.ensure_one()
        by_id = {
            line.external_id: line for line in self.order_id.line_ids.filtered(lambda line: line.kind == "product")
        }
        goods = {}
        for row in self.lines or ():
            line = by_id.get(row["line_id"])
            sold = line and line._current_line()
            if not sold:
                raise UserError(self.env._("it is about goods that the order in Odoo does not have."))
            found = goods.setdefault(sold, {"quantity": 0.0, "reason": row["reason"], "notes": []})
            found["quantity"] += row["quantity"]
            found["notes"] += [text for text in (row["label"], row["note"]) if text and text not in found["notes"]]
        if not goods:
            raise UserError(self.env._("the shop does not say what comes back."))
        return goods

    def _prepare_return(self, goods):
        """:raise UserError: where more is to come back than is with the customer, as far as Odoo knows"""
        self._check_with_customer(goods)
        sale = self.order_id.sale_order_id
        exchanges = self._exchange_products(goods)
        lines = self._prepare_lines(goods)
        for sold, product in exchanges.items():
            lines[sold]["exchange_product_id"] = product.id
        values = {
            "sale_order_id": sale.id,
            "shop_return_id": self.id,
            "kind": "withdrawal",
            "wish": "exchange" if exchanges else "refund",
            "requested_at": self.requested_at or fields.Datetime.now(),
            "tracking_ref": self.tracking,
            "note": self._note(goods, exchanges) or False,
            "user_id": self.channel_id.responsible_id.id,
            "line_ids": [Command.create(line) for line in lines.values()],
        }
        return values | {"kind": self._kind(goods, values)}

    def _check_with_customer(self, goods):
        for sold, row in goods.items():
            left = sold.ecom_quantity_returnable
            if sold.product_uom_id.compare(row["quantity"], left) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: the shop takes back %(asked)g, and as far as Odoo knows the customer has "
                        "%(left)g. Validate the delivery if it left: the return comes in by itself then.",
                        asked=row["quantity"],
                        left=max(left, 0),
                        product=sold.product_id.display_name,
                    )
                )

    def _kind(self, goods, values):
        """What the law makes of it. Faulty goods are one thing; whatever else a consumer sends back in time they
        withdraw from, whether the shop's form calls it so or not; later the merchant's terms decide."""
        if all(row["reason"] in AT_FAULT for row in goods.values()):
            return "conformity"
        # Only looked at, never kept.
        asked = self.env["ecom.return"].new(values | {"company_id": self.order_id.company_id.id})
        return "withdrawal" if asked._is_protected() else "terms"

    def _prepare_lines(self, goods):
        codes = {row["reason"] for row in goods.values()}
        reasons = {
            reason.code: reason.id
            for reason in self.env["ecom.return.reason"].search([("code", "in", [code for code in codes if code])])
        }
        return {
            sold: {
                "sale_line_id": sold.id,
                "quantity": row["quantity"],
                "reason_id": reasons.get(row["reason"], False),
                "note": " – ".join(row["notes"])[:256] or False,
            }
            for sold, row in goods.items()
        }

    def _note(self, goods, exchanges):
        """What the customer says, and what they want instead where Odoo does not know it."""
        notes = [note for row in goods.values() for note in row["notes"]]
        if self.exchanges and not exchanges:
            wanted = ", ".join(f"{row['quantity']:g} × {row['name'] or row['sku']}" for row in self.exchanges)
            notes.append(self.env._("Wanted instead: %(goods)s", goods=wanted))
        return "\n".join(dict.fromkeys(notes))

    def _exchange_products(self, goods):
        """``{sales order line: product}`` where each piece that comes back is exchanged for one piece of a product that
        Odoo knows; anything else is a person's to arrange."""
        rest = [
            (row["quantity"], ProductDocument(row["product_id"], row["variant_id"], row["sku"], row["name"]))
            for row in self.exchanges or ()
        ]
        resolved, _why = self.env["ecom.offer"]._resolve(self.channel_id, [wanted for _quantity, wanted in rest])
        found = {}
        for sold, row in goods.items():
            fitting = next((one for one in rest if one[0] == row["quantity"]), None)
            product = fitting and resolved.get((fitting[1].product_id, fitting[1].variant_id, fitting[1].sku))
            if not product:
                return {}
            rest.remove(fitting)
            found[sold] = product
        return {} if rest else found
