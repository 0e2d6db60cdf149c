from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.ecom_connector.models.orders.order_settle import SHELVES
from odoo.exceptions import ValidationError
from odoo.tools import SQL

LONGEST = 24 * 60  # minutes that a cart may keep goods
AWAITED_HOURS = 72  # how long the order of a confirmed cart is awaited
KEEP_DAYS = 30
HELD = ("open", "confirmed")


class EcomStockReservation(models.Model):
    """Goods in a cart of a shop that calls Odoo: kept for a while, and for as long as its order is on its way.

    A row is the same by cart and SKU. It counts while it is open or confirmed and its time has not come; whoever
    computes looks at the clock itself, so that a cart that was left standing needs no write to give its goods back.
    """

    _name = "ecom.stock.reservation"
    _description = "Goods in a Cart"
    _rec_name = "ref"
    _order = "id desc"

    channel_id = fields.Many2one("ecom.channel", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id")
    ref = fields.Char(string="Cart", required=True, readonly=True, help="What the shop calls the cart.")
    sku = fields.Char(string="SKU", required=True, readonly=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade", index=True)
    packs = fields.Integer(string="Pieces on the Shop", readonly=True, help="What the shop sells, such as packs of 6.")
    quantity = fields.Float(digits="Product Unit", readonly=True, help="In the product's own unit.")
    location_id = fields.Many2one("stock.location", string="Kept at", required=True, readonly=True, ondelete="cascade")
    order_ref = fields.Char(string="Order on the Shop", readonly=True, help="The order that the cart became.")
    expires_at = fields.Datetime(string="Until", required=True, readonly=True)
    state = fields.Selection(
        [
            ("open", "In a cart"),
            ("confirmed", "Ordered"),
            ("done", "In Odoo as an order"),
            ("released", "Given back"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="open",
    )

    _cart_unique = models.Constraint("UNIQUE(channel_id, ref, sku)", "A cart keeps a SKU once.")
    _held_index = models.Index("(product_id, location_id) WHERE state IN ('open', 'confirmed')")
    _expiry_index = models.Index("(expires_at) WHERE state IN ('open', 'confirmed')")

    @api.model_create_multi
    def create(self, vals_list):
        reservations = super().create(vals_list)
        self.env["ecom.stock.change"]._note(products=reservations.product_id)
        return reservations

    def write(self, vals):
        former = self.product_id
        result = super().write(vals)
        self.env["ecom.stock.change"]._note(products=former | self.product_id)
        return result

    def unlink(self):
        self.env["ecom.stock.change"]._note(products=self.product_id)
        return super().unlink()

    def _is_held(self):
        """Whether the goods are still the cart's."""
        self.ensure_one()
        return self.state in HELD and self.expires_at > fields.Datetime.now()

    @api.model
    def _held_sql(self):
        """The same as a condition on ``reservation``; what is ordered counts as an order once that is in Odoo."""
        return SQL(
            """
            reservation.state IN ('open', 'confirmed')
            AND reservation.expires_at > (now() AT TIME ZONE 'UTC')
            AND NOT (reservation.state = 'confirmed' AND EXISTS (
                SELECT 1 FROM ecom_order arrived
                 WHERE arrived.channel_id = reservation.channel_id AND arrived.external_id = reservation.order_ref
            ))
            """
        )

    def action_release(self):
        """Give the goods back, although the shop did not."""
        self.check_access("write")
        self.sudo().filtered(lambda row: row.state in HELD).write({"state": "released"})
        return True

    # === TIME PASSES === #

    @api.model
    def _expire(self):
        """Mark the carts whose time has come, and those whose order arrived; returns the products that are free."""
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE ecom_stock_reservation reservation
                   SET state = CASE WHEN state = 'confirmed' AND expires_at > (now() AT TIME ZONE 'UTC')
                                    THEN 'done' ELSE 'expired' END
                 WHERE state IN ('open', 'confirmed') AND NOT (%s)
             RETURNING product_id
                """,
                self._held_sql(),
            )
        )
        self.invalidate_model(["state"])
        return {product_id for (product_id,) in rows}

    @api.autovacuum
    def _gc_reservations(self):
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        domain = [("state", "not in", HELD), ("expires_at", "<", old)]
        reservations = self.search(domain, limit=10_000)
        reservations.unlink()
        return len(reservations), len(reservations) == 10_000


class EcomStockFigures(models.AbstractModel):
    _inherit = "ecom.stock.figures"

    @api.model
    def _parts(self, only):
        return [*super()._parts(only), self._part_carts(only)]

    @api.model
    def _part_carts(self, only):
        return SQL(
            """
            SELECT place.scope, reservation.product_id, %s
              FROM ecom_stock_reservation reservation
              JOIN place ON place.location_id = reservation.location_id
             WHERE %s AND %s
          GROUP BY place.scope, reservation.product_id
            """,
            self._columns(in_carts=SQL("SUM(reservation.quantity)")),
            self.env["ecom.stock.reservation"]._held_sql(),
            only("reservation.product_id"),
        )


class EcomStockLevel(models.Model):
    _inherit = "ecom.stock.level"

    @api.model
    def _note_horizons(self):
        result = super()._note_horizons()
        if products := self.env["ecom.stock.reservation"]._expire():
            self.env["ecom.stock.change"]._note(products=products)
            self.env["ecom.stock.change"].sudo()._write_down()
        return result


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    cart_minutes = fields.Integer(
        string="Goods in a Cart (minutes)",
        default=15,
        required=True,
        help="How long a cart of the shop keeps goods that nobody else may buy, unless the shop asks for another time.",
    )

    @api.constrains("cart_minutes")
    def _check_cart_minutes(self):
        for channel in self:
            if not 1 <= channel.cart_minutes <= LONGEST:
                raise ValidationError(
                    self.env._("A cart keeps goods for 1 to %(most)s minutes.", most=LONGEST),
                )

    @contextmanager
    def _one_cart_at_a_time(self, products):
        """The channel in a transaction of its own, which alone may promise these products.

        Whoever reserves them waits at the same lock. The transaction begins when the lock is ours, so that it sees all
        that was promised before; the lock is let go when the caller's own transaction ends, after this one's commit.
        """
        parts = self.env["ecom.stock.level"]._components(set(products.ids))
        ids = {*products.ids, *(part for kit in parts.values() for part, _quantity in kit)}
        self.env.cr.execute("SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s) AS id", [SHELVES, sorted(ids)])
        with self.env.registry.cursor() as cr:
            yield self.with_env(self.env(cr=cr))
