"""What makes a product worth looking at again: its quants, and what is asked of them."""

from odoo import api, models

QUANT_FIELDS = {"quantity", "reserved_quantity", "location_id", "lot_id", "owner_id", "product_id"}
MOVE_FIELDS = {
    "state",
    "product_id",
    "product_uom_qty",
    "product_uom",
    "location_id",
    "location_dest_id",
    "procure_method",
    "date",
}
LINE_FIELDS = {"product_id", "quantity", "quantity_product_uom", "product_uom_id", "location_id", "state"}
LOCATION_FIELDS = {"location_id", "usage", "active", "ecom_not_sold"}
LOT_FIELDS = {"removal_date", "expiration_date", "ecom_blocked"}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self.env["ecom.stock.change"]._note(products=quants.product_id)
        return quants

    def write(self, vals):
        if vals.keys() & QUANT_FIELDS:
            self.env["ecom.stock.change"]._note(products=self.product_id)
        return super().write(vals)

    def unlink(self):
        self.env["ecom.stock.change"]._note(products=self.product_id)
        return super().unlink()


class StockMove(models.Model):
    """What is demanded and not reserved may not be sold again."""

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        self.env["ecom.stock.change"]._note(products=moves.filtered(lambda move: move.state != "draft").product_id)
        return moves

    def write(self, vals):
        if vals.keys() & MOVE_FIELDS and (live := self.filtered(lambda move: move.state != "draft" or "state" in vals)):
            self.env["ecom.stock.change"]._note(products=live.product_id)
        return super().write(vals)


class StockMoveLine(models.Model):
    """What is reserved changes with the lines: mostly together with a quant, but not always."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["ecom.stock.change"]._note(products=lines.product_id)
        return lines

    def write(self, vals):
        if vals.keys() & LINE_FIELDS:
            self.env["ecom.stock.change"]._note(products=self.product_id)
        return super().write(vals)

    def unlink(self):
        self.env["ecom.stock.change"]._note(products=self.product_id)
        return super().unlink()


class StockLot(models.Model):
    _inherit = "stock.lot"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & LOT_FIELDS:
            self.env["ecom.stock.change"]._note(products=self.product_id)
        return result


class StockLocation(models.Model):
    _inherit = "stock.location"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & LOCATION_FIELDS:
            self.env["ecom.stock.change"]._note(everything=True)
        return result


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"categ_id", "is_storable", "type"}:
            self.env["ecom.stock.change"]._note(products=self.product_variant_ids)
        return result


class EcomOffer(models.Model):
    _inherit = "ecom.offer"

    @api.model_create_multi
    def create(self, vals_list):
        offers = super().create(vals_list)
        self.env["ecom.stock.change"]._note(products=offers.product_id)
        return offers

    def write(self, vals):
        former = self.product_id
        result = super().write(vals)
        if vals.keys() & {"product_id", "uom_id", "listing_id"}:
            self.env["ecom.stock.change"]._note(products=former | self.product_id)
        return result


class EcomOrder(models.Model):
    """An order of a shop counts from the moment that it is known, before it is a sales order."""

    _inherit = "ecom.order"

    _unconfirmed_index = models.Index("(id) WHERE state IN ('received', 'blocked')")

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._note_stock_change(news=True)
        return orders

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._note_stock_change(news=vals["state"] in ("received", "blocked"))
        return result

    def _note_stock_change(self, *, news):
        """:param news: whether this is what the shop says, and has counted by itself"""
        noted = self.env.cr.precommit.data
        orders = noted.get("ecom.stock.orders")
        if orders is None:
            orders = noted["ecom.stock.orders"] = {}
            self.env.cr.precommit.add(self.env["ecom.order"].sudo()._note_ordered_products)
        for order_id in self.ids:
            orders[order_id] = orders.get(order_id, False) or news

    @api.model
    def _note_ordered_products(self):
        """Their lines are known by now."""
        orders = self.env.cr.precommit.data.pop("ecom.stock.orders", None)
        if not orders:
            return
        self.env.flush_all()
        Level, Change = self.env["ecom.stock.level"], self.env["ecom.stock.change"]
        if told := [order_id for order_id, news in orders.items() if news]:
            Change._note(sold=Level._products_of_orders(told))
        if settled := [order_id for order_id, news in orders.items() if not news]:
            Change._note(products={product_id for _channel_id, product_id in Level._products_of_orders(settled)})


class SaleOrder(models.Model):
    """A quotation of a shop's order takes goods from no shelf, and yet they are sold: see ``_part_ordered``."""

    _inherit = "sale.order"

    _ecom_quotation_index = models.Index(
        "(ecom_order_id) WHERE state IN ('draft', 'sent') AND ecom_order_id IS NOT NULL"
    )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.ecom_order_id._note_stock_change(news=False)
        return result
