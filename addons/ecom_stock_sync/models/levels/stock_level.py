import logging
import time

from odoo import api, fields, models
from odoo.addons.ecom_connector.models.channels.channel_lanes import CONFLICTS, LANE_SECONDS
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

LANE = "ecom_stock_sync.ir_cron_stock"
VERSIONS = "ecom_stock_level_version_seq"


class EcomStockLevel(models.Model):
    """How many of an offer a shop is to show, and what it was told last.

    ``quantity`` is written by one lane for all channels, which numbers every change with the next ``version``; what
    was told, by the channel's own lane. The shop is told where the two differ.
    """

    _name = "ecom.stock.level"
    _description = "Stock Level"
    _rec_name = "offer_id"
    _order = "quantity, id"
    _log_access = False

    offer_id = fields.Many2one("ecom.offer", required=True, readonly=True, ondelete="cascade")
    channel_id = fields.Many2one("ecom.channel", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id")
    mapping_id = fields.Many2one(
        "ecom.location.mapping",
        string="Shop Location",
        readonly=True,
        ondelete="cascade",
        help="Empty: the shop has one figure for all its locations.",
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade", index=True)
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id", string="All Variants")
    categ_id = fields.Many2one(related="product_id.categ_id")
    sku = fields.Char(related="offer_id.sku")
    quantity = fields.Integer(string="To Sell", readonly=True, help="What the offer is to show.")
    keep_selling = fields.Boolean(string="Sold On at Zero", readonly=True)
    left_to_shop = fields.Boolean(readonly=True, help="A rule leaves the stock of this offer to the shop.")
    version = fields.Integer(readonly=True)
    changed_at = fields.Datetime(string="Changed On", readonly=True)
    pushed_quantity = fields.Integer(string="Shop Was Told", readonly=True)
    pushed_keep_selling = fields.Boolean(readonly=True)
    pushed_at = fields.Datetime(string="Told On", readonly=True)
    in_doubt = fields.Boolean(
        readonly=True,
        help="What the shop shows is not known: it has sold some since it was told, or was told and has not answered.",
    )
    attempts = fields.Integer(readonly=True)
    retry_at = fields.Datetime(readonly=True)
    refusal = fields.Char(string="The Shop's Refusal", readonly=True)
    shown_quantity = fields.Integer(string="The Shop Shows", readonly=True)
    shown_at = fields.Datetime(string="Seen On", readonly=True)
    drift = fields.Selection(
        [
            ("corrected", "Changed on the shop"),
            ("ordered", "Sold on the shop, not in Odoo yet"),
            ("unmanaged", "The shop does not count it"),
            ("missing", "No longer on the shop"),
        ],
        readonly=True,
        help="What the shop was found to show is not what it was told, and why.",
    )
    waiting = fields.Boolean(compute="_compute_waiting", search="_search_waiting", help="The shop is to be told.")

    _offer_unique = models.UniqueIndex("(offer_id, COALESCE(mapping_id, 0))", "An offer has one level in each place.")
    _version_index = models.Index("(channel_id, version)")
    _newest_index = models.Index("(version)")
    _due_index = models.Index(
        "(channel_id, version) WHERE NOT left_to_shop AND"
        " (pushed_at IS NULL OR in_doubt OR pushed_quantity <> quantity OR pushed_keep_selling <> keep_selling)"
    )
    _drift_index = models.Index("(channel_id) WHERE drift IS NOT NULL")

    @api.depends(
        "quantity", "keep_selling", "pushed_quantity", "pushed_keep_selling", "pushed_at", "in_doubt", "left_to_shop"
    )
    def _compute_waiting(self):
        for level in self:
            told = (level.pushed_quantity, level.pushed_keep_selling)
            level.waiting = not level.left_to_shop and (
                not level.pushed_at or level.in_doubt or told != (level.quantity, level.keep_selling)
            )

    @api.model
    def _search_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = self._due_sql()
        return fields.Domain.custom(to_sql=lambda _model, alias, _query: due(alias))

    def init(self):
        """Number the changes: a number is never given twice, even where the level that had it is gone."""
        numbers = SQL.identifier(VERSIONS)
        self.env.cr.execute(SQL("CREATE SEQUENCE IF NOT EXISTS %s", numbers))
        self.env.cr.execute(
            SQL(
                "SELECT setval(%s, GREATEST((SELECT last_value FROM %s), (SELECT MAX(version) FROM ecom_stock_level)))",
                VERSIONS,
                numbers,
            )
        )

    # === THE LANE === #

    @api.model
    def _wake(self, at=None):
        """Have the stock lane run as soon as this transaction is committed, or at a moment (naive UTC).

        One statement: a user who moves goods waits for nothing else.
        """
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(LANE)
        if not cron_id:
            return  # while the addon is being installed
        self.env.cr.execute(
            "INSERT INTO ir_cron_trigger (cron_id, call_at) VALUES (%s, %s)", [cron_id, at or fields.Datetime.now()]
        )
        if at is None:
            self.env.cr.postcommit.add(self.env["ir.cron"].sudo()._notifydb)

    @api.model
    def _run_lane(self):
        """Entry point of the scheduled action: the one writer of levels, for all channels."""
        Channel = self.env["ecom.channel"]
        deadline = time.monotonic() + LANE_SECONDS
        try:
            while Channel._in_transaction(self._work_off):
                if time.monotonic() > deadline:
                    Channel._in_transaction(self._wake)
                    return
        except CONFLICTS as error:
            # Others were faster five times: the changes stay in the log, and the lane comes back to them.
            _logger.info("Stock waits for another transaction (%s)", error)
            self.env.cr.rollback()
            Channel._in_transaction(self._wake)
        except Exception as error:
            _logger.exception("The stock of all channels could not be computed")
            self.env.cr.rollback()
            Channel._in_transaction(lambda error=error: self._note_breakdown(error))

    @api.model
    def _note_breakdown(self, error):
        """Tell the people of every channel, in its language."""
        for channel in self.env["ecom.channel"].search([("state", "=", "connected"), ("stock_push", "=", True)]):
            channel._work_env()._note_breakdown("stock", error)

    @api.model
    def _work_off(self):
        """Deal with the oldest changes.

        :return: whether some may be left
        """
        self._note_horizons()
        products, channels, sold, everything, rows = self.env["ecom.stock.change"]._take()
        products |= {product_id for _channel_id, product_id in sold}
        if not rows:
            return False
        changed = self.env["ecom.channel"]
        if everything:
            changed |= self._compute_levels()
        else:
            if channels:
                changed |= self._compute_levels(channels=self.env["ecom.channel"].browse(channels).exists())
            if products:
                changed |= self._compute_levels(product_ids=products | self._kits_of(products))
        changed |= self._note_sold(sold)
        changed.filtered("stock_push")._wake("stock")
        return True

    # === KITS: hooks === #

    @api.model
    def _components(self, product_ids):
        """What the kits among these products are made of, ``{kit id: [(component id, quantity)]}``; a hook."""
        return {}

    @api.model
    def _kits_of(self, product_ids):
        """The ids of what else changes with these products: the kits that they are part of; a hook."""
        return set()
