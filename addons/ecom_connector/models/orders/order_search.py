import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...decisions.searching import understand

OPERATORS = ("ilike", "=ilike", "like", "=")


class EcomOrder(models.Model):
    """Finding an order by whatever a customer reads out on the telephone."""

    _inherit = "ecom.order"

    find = fields.Char(string="Number, name, e-mail, phone or tracking number", store=False, search="_search_find")

    @api.model
    def _search_find(self, operator, value):
        """One box for everything."""
        if operator not in OPERATORS or not isinstance(value, str):
            return NotImplemented
        return Domain("id", "in", self._found(value))

    @api.model
    def _found(self, typed):
        """``SQL`` of the ids of the orders that the typed text may mean, of whatever channel and company.

        Each way to find an order is a query of its own that uses its own index: together they cost milliseconds, while
        one condition that names them all would read every order. The rules of the model whose search asks stay in
        force, so the ids reveal nothing.
        """
        words = understand(re.sub(r"([\\%_])", r"\\\1", typed))
        if not words.text:
            return self.sudo()._search(Domain.TRUE).subselect()
        ways = [self._way("ecom.order", Domain("email", "ilike", words.text))]
        if words.is_email:
            ways.append(self._way("sale.order", Domain("partner_id.email_normalized", "=", words.text.lower())))
        else:
            name = Domain.AND(Domain("customer_name", "ilike", word) for word in words.text.split(" "))
            ways += [
                self._way("ecom.order", Domain("number", "ilike", words.text)),
                self._way("ecom.order", Domain("external_id", "=", words.text)),
                self._way("ecom.order", name),
                self._way("ecom.order", Domain("pickup_point", "ilike", words.text)),
                self._way("sale.order", Domain("name", "ilike", words.text)),
                self._way("sale.order", Domain("picking_ids.carrier_tracking_ref", "ilike", words.code)),
            ]
        if words.phone:
            # What the shop told, and the numbers of the contacts that the order was made out to since.
            ways.append(self._way("ecom.order", Domain("phone", "ilike", words.phone)))
            for contact in ("partner_id", "partner_shipping_id"):
                ways.append(self._way("sale.order", Domain(f"{contact}.phone_sanitized", "ilike", words.phone)))
        return SQL("(%s)", SQL(" UNION ALL ").join(ways))

    @api.model
    def _way(self, model, domain):
        """The orders found through one model, as ``SQL`` of their ids."""
        Model = self.env[model].sudo().with_context(active_test=False)
        if model == self._name:
            return Model._search(domain).subselect()
        query = Model._search(domain & Domain("ecom_order_id", "!=", False))
        return query.subselect(SQL.identifier(query.table, "ecom_order_id"))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    ecom_find = fields.Char(store=False, search="_search_ecom_find")

    @api.model
    def _search_ecom_find(self, operator, value):
        if operator not in OPERATORS or not isinstance(value, str):
            return NotImplemented
        return Domain("ecom_order_id", "in", self.env["ecom.order"]._found(value))


class StockPicking(models.Model):
    _inherit = "stock.picking"

    carrier_tracking_ref = fields.Char(index="trigram")
    ecom_find = fields.Char(store=False, search="_search_ecom_find")

    @api.model
    def _search_ecom_find(self, operator, value):
        if operator not in OPERATORS or not isinstance(value, str):
            return NotImplemented
        return Domain("sale_id", "any!", Domain("ecom_order_id", "in", self.env["ecom.order"]._found(value)))
