from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleOrderLine(models.Model):
    """A kit comes back whole or in parts: what the customer has is counted part by part.

    Odoo counts as delivered the kits that are complete. Once a part is back there is one less, and its other parts are
    still with the customer.
    """

    _inherit = "sale.order.line"

    ecom_kit_parts = fields.Json(
        copy=False,
        readonly=True,
        help="By the id of each part, how many of it are in a kit, and its share of the kit's price: kept once a part "
        "comes back, so that shares always add up to the price, whatever the parts cost and the bill says later.",
    )

    def _ecom_kit(self):
        """The bill of the kit that was shipped for the line, empty where it is none."""
        self.ensure_one()
        bills = self.move_ids.filtered(lambda move: move.state != "cancel").bom_line_id.bom_id
        if not bills:
            return bills
        own = bills.filtered(
            lambda bill: (
                bill.type == "phantom"
                and (
                    bill.product_id == self.product_id
                    or (not bill.product_id and bill.product_tmpl_id == self.product_id.product_tmpl_id)
                )
            )
        )[:1]
        # A kit of nothing but kits has no moves of its own.
        return (
            own or bills._bom_find(self.product_id, company_id=self.company_id.id, bom_type="phantom")[self.product_id]
        )

    def _ecom_pieces(self):
        if self.ecom_kit_parts:
            Product = self.env["product.product"]
            return {Product.browse(int(part)): each for part, (each, _share) in self.ecom_kit_parts.items()}
        kit = self._ecom_kit()
        if not kit:
            return super()._ecom_pieces()
        sold = self.product_uom_id._compute_quantity(1, self.product_id.uom_id, round=False)
        parts = {}
        for product_id, needed in self._get_bom_component_qty(kit).items():
            product = self.env["product.product"].browse(product_id)
            if product.type == "consu" and needed["qty"]:
                parts[product] = needed["qty"] / kit.product_qty * sold
        return parts

    def _ecom_kit_share(self, part):
        """The share of the kit's price that falls to a part: by what the parts cost one by one."""
        self.ensure_one()
        if self.ecom_kit_parts:
            return self.ecom_kit_parts[str(part.id)][1]
        pieces = self._ecom_pieces()
        prices = {product: product.lst_price * each for product, each in pieces.items()}
        whole = sum(prices.values())
        return prices[part] / whole if whole else 1 / len(pieces)

    def _keep_kit_parts(self):
        for line in self.filtered(lambda line: not line.ecom_kit_parts):
            pieces = line._ecom_pieces()
            line.ecom_kit_parts = {str(part.id): [each, line._ecom_kit_share(part)] for part, each in pieces.items()}

    def _ecom_out(self):
        """``{part: how many the customer has}``, in its own unit, and in no return yet."""
        self.ensure_one()
        out = dict.fromkeys(self._ecom_pieces(), 0.0)
        done = self.move_ids.filtered(lambda move: move.state == "done" and move.product_id in out)
        for move in done:
            quantity = move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id, round=False)
            if move.location_dest_id._is_outgoing():
                out[move.product_id] += quantity
            elif move.location_id._is_outgoing():
                out[move.product_id] -= quantity
        for line in self.ecom_return_line_ids:
            for product, quantity in line._pieces(line.quantity_open).items():
                out[product] = out.get(product, 0) - quantity
        return out

    @api.depends("ecom_return_line_ids.part_id", "move_ids.state", "move_ids.quantity")
    def _compute_ecom_quantity_returnable(self):
        result = super()._compute_ecom_quantity_returnable()
        for line in self.filtered(lambda line: line.state == "sale" and line._ecom_kit()):
            pieces, out = line._ecom_pieces(), line._ecom_out()
            whole = [product.uom_id.round(out[product]) / each for product, each in pieces.items()]
            line.ecom_quantity_returnable = min(whole, default=0) // 1
        return result

    def _ecom_all_returned(self):
        if not self._ecom_kit():
            return super()._ecom_all_returned()
        return all(product.uom_id.compare(left, 0) <= 0 for product, left in self._ecom_out().items())

    def _propose_return(self):
        """The kits that are complete, and single parts that are left of others."""
        pieces = self._ecom_pieces() if self._ecom_kit() else {}
        if not pieces:
            return super()._propose_return()
        kits = self.ecom_quantity_returnable
        left = {
            product: product.uom_id.round(quantity - kits * pieces[product])
            for product, quantity in self._ecom_out().items()
        }
        parts = [{"part_id": product.id, "quantity": quantity} for product, quantity in left.items() if quantity > 0]
        return [*(super()._propose_return() if kits else ()), *parts]

    def _ecom_portal_choices(self):
        """Below the kit, each part that the customer has."""
        found = super()._ecom_portal_choices()
        if not self._ecom_kit():
            return found
        return found + [
            {
                "key": f"{self.id}_{product.id}",
                "product": product,
                "uom": product.uom_id,
                "left": product.uom_id.round(left),
                "part": True,
                "values": {"sale_line_id": self.id, "part_id": product.id},
            }
            for product, left in self._ecom_out().items()
            if product.uom_id.compare(left, 0) > 0
        ]

    @api.depends("ecom_return_line_ids.part_id", "qty_delivered")
    def _compute_ecom_quantity_back(self):
        """Kits that are not complete any more count as back, as Odoo counts them as not delivered."""
        result = super()._compute_ecom_quantity_back()
        for line in self.filtered(lambda line: line.ecom_return_line_ids.part_id):
            pieces = line._ecom_pieces()
            sent = [
                sum(
                    move.product_uom._compute_quantity(move.quantity, product.uom_id, round=False)
                    for move in line.move_ids
                    if move.product_id == product
                    and move.state == "done"
                    and move.location_dest_id._is_outgoing()
                    and not move.origin_returned_move_id
                )
                / each
                for product, each in pieces.items()
            ]
            line.ecom_quantity_back = min(sent, default=0) // 1 - line.qty_delivered
        return result

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Once a part came back, a change of the order sends what is new of it, and nothing again."""
        if not self.ecom_return_line_ids.part_id:
            return super()._get_qty_procurement(previous_product_uom_qty)
        return (previous_product_uom_qty or {}).get(self.id, self.product_uom_qty)

    def _check_returned(self):
        """Where a part comes back, each part is held to what the customer has of it."""
        in_parts = self.filtered(lambda line: line.ecom_return_line_ids.part_id)
        result = super(SaleOrderLine, self - in_parts)._check_returned()
        for line in in_parts:
            for product, left in line._ecom_out().items():
                if product.uom_id.compare(left, 0) < 0:
                    raise ValidationError(
                        self.env._(
                            "%(part)s of %(kit)s: %(over)g more than the customer has.",
                            part=product.display_name,
                            kit=line.product_id.display_name,
                            over=-left,
                        )
                    )
        return result
