import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.ecom_connector.decisions import backoff
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.addons.ecom_connector.platforms.stock import StockChange, StockState
from odoo.tools import SQL

PATIENCE = 5  # attempts after which a person is told, while it goes on
BATCHES = 5  # batches of the platform's in one go
ORDERS_FIRST = timedelta(seconds=3)  # how long stock waits for orders that the shop announced


class EcomChannel(models.Model):
    """The channel's stock lane: the shop is told what it was not told of its levels."""

    _inherit = "ecom.channel"

    stock_push = fields.Boolean(
        string="Tell the Shop Its Stock",
        copy=False,
        tracking=True,
        help="What may be sold of each offer is computed anyway. From the moment that this is chosen the shop is told, "
        "and an order that lacks goods is held until they come or somebody decides.",
    )
    stock_level_ids = fields.One2many("ecom.stock.level", "channel_id")
    mapping_location_ids = fields.One2many("ecom.location.mapping", "channel_id", string="Shop Locations")
    pushes_stock = fields.Boolean(compute="_compute_pushes_stock")
    has_stock_locations = fields.Boolean(compute="_compute_pushes_stock")

    @api.depends("platform")
    def _compute_pushes_stock(self):
        for channel in self:
            capabilities = channel._platform_class().capabilities
            channel.pushes_stock = capabilities.pushes_stock
            channel.has_stock_locations = capabilities.stock_locations or capabilities.uses_api

    def _minds_stock(self):
        """Whether Odoo's stock is the one that counts for the shop: it is told, or it asks.

        Before that, an order that lacks goods waits as any order in Odoo does: nothing is known of the shop's stock.
        """
        self.ensure_one()
        return self.stock_push or self._platform_class().capabilities.uses_api

    @api.model
    def _flows(self):
        return super()._flows() | {"stock": 2}

    def _flow_label(self, flow):
        return self.env._("Stock") if flow == "stock" else super()._flow_label(flow)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("stock_push") or vals.get("state") == "connected":
            self.filtered("stock_push")._wake("stock")
        return result

    # === THE LANE === #

    def _lane_stock(self, deadline):
        """:return: whether work remains."""
        if not (self.stock_push and self.pushes_stock):
            return False
        platform = self._platform("stock")
        while True:
            if self._orders_on_their_way():
                return False  # they wake this lane as soon as they are read
            changes = self._stock_changes(platform.capabilities.batch_size * BATCHES)
            if changes:
                self._push_stock(platform, changes)
            elif not self._compare_stock(platform):
                return False
            if time.monotonic() > deadline:
                return True

    def _orders_on_their_way(self):
        """Whether the shop announced orders a moment ago: they change what is told, so they come first."""
        young = fields.Datetime.now() - ORDERS_FIRST
        Event = self.env["ecom.event"]
        announced = [("channel_id", "=", self.id), ("kind", "=", "order"), ("state", "=", "new")]
        if not Event.search_count([*announced, ("create_date", ">", young)], limit=1):
            return False
        late = [("channel_id", "=", self.id), ("waiting", "=", True), ("changed_at", "<=", young)]
        return not self.env["ecom.stock.level"].search_count(late, limit=1)

    def _fetch_hinted(self, platform):
        worked = super()._fetch_hinted(platform)
        if worked and self.stock_push:
            self._in_transaction(lambda: self._wake("stock"))
        return worked

    def _publish(self, platform, listings):
        """What was just made on the shop, or found again there, has no stock yet: one wake for all of it."""
        result = super()._publish(platform, listings)
        if self.stock_push:
            self._in_transaction(lambda: self._wake("stock"))
        return result

    def _note_failure(self, flow, error):
        result = super()._note_failure(flow, error)
        if flow == "orders" and self.stock_push:
            self._wake("stock")
        return result

    def _stock_changes(self, limit):
        """What the shop is to be told next, the oldest changes first.

        :return: ``{level id: (StockChange, keep selling, version)}``

        What a person is to look at first is only told when the shop would sell too much otherwise.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT level.id, listing.external_id, offer.external_id, level.quantity, level.keep_selling,
                       level.pushed_keep_selling, level.pushed_at IS NOT NULL,
                       CASE WHEN level.in_doubt OR level.pushed_at IS NULL THEN NULL
                            WHEN level.drift = 'corrected' THEN level.shown_quantity
                            ELSE level.pushed_quantity END,
                       COALESCE(mapping.code, ''), level.version,
                       (SELECT SUM(sister.quantity) FROM ecom_stock_level sister
                          JOIN ecom_offer other ON other.id = sister.offer_id
                         WHERE other.listing_id = offer.listing_id
                           AND COALESCE(sister.mapping_id, 0) = COALESCE(level.mapping_id, 0))
                  FROM ecom_stock_level level
                  JOIN ecom_offer offer ON offer.id = level.offer_id
                  JOIN ecom_listing listing ON listing.id = offer.listing_id
             LEFT JOIN ecom_location_mapping mapping ON mapping.id = level.mapping_id
                 WHERE level.channel_id = %s AND %s
                   AND (level.retry_at IS NULL OR level.retry_at <= now() AT TIME ZONE 'UTC')
                   AND (level.drift IS NULL OR level.drift <> 'corrected' OR level.quantity < level.shown_quantity)
                   AND COALESCE(listing.external_id, '') <> '' AND offer.external_id IS NOT NULL
              ORDER BY level.version
                 LIMIT %s
                """,
                self.id,
                self.env["ecom.stock.level"]._due_sql()("level"),
                limit,
            )
        )
        return {
            level_id: (
                StockChange(
                    key=str(level_id),
                    product_id=product_id,
                    variant_id=variant_id,
                    quantity=quantity,
                    keep_selling=None if told and keep_selling == told_keep_selling else keep_selling,
                    location=location,
                    seen=seen,
                    of_product=int(of_product),
                ),
                keep_selling,
                version,
            )
            for (
                level_id,
                product_id,
                variant_id,
                quantity,
                keep_selling,
                told_keep_selling,
                told,
                seen,
                location,
                version,
                of_product,
            ) in rows
        }

    def _push_stock(self, platform, changes):
        """What is sent is in doubt until its answer is kept: a kill in between, or a lost answer, leaves it so."""
        self._in_transaction(lambda: self.env["ecom.stock.level"]._note_sending(list(changes)))
        results = platform.push_stock([change for change, *_rest in changes.values()])
        self._in_transaction(lambda: self._note_stock_results(changes, results))

    def _note_stock_results(self, changes, results):
        """Keep what the shop was told, as it was sent: what changed meanwhile differs from that, and is told next.

        What the shop sold meanwhile has given the level another version, so that it is told again too.
        """
        done, refused, changed = [], {}, {}
        for (level_id, (change, keep_selling, version)), result in zip(changes.items(), results, strict=True):
            stale = not result.ok and result.refusal.code == "changed" and result.shown is not None
            if result.ok or (stale and result.shown == change.quantity):
                shown = change.quantity if result.shown is None else result.shown
                done.append((level_id, change.quantity, keep_selling, shown, version))
            elif stale:
                state = StockState(change.product_id, change.variant_id, result.shown, change.location)
                changed[level_id] = (state, version)
            else:
                refused[level_id] = result.refusal
        self.env["ecom.stock.level"]._note_told(done)
        if refused:
            self._note_stock_refusals(refused)
        if changed:
            self._note_stock_changed(changed)
        if done:
            self._solve_stock_issues("stock_refused", [str(row[0]) for row in done])

    def _note_stock_refusals(self, refused):
        levels = self.env["ecom.stock.level"].browse(refused)
        causes, again = [], []
        for level in levels:
            refusal = refused[level.id]
            words = in_words(self.env, refusal.message)[:500]
            attempts = level.attempts + 1
            wait = backoff.delay(
                attempts if refusal.retry else backoff.MAX_ATTEMPTS, random.random(), refusal.retry_after
            )
            retry_at = fields.Datetime.now() + timedelta(seconds=wait)
            again.append(retry_at)
            level.write({"refusal": words, "attempts": attempts, "retry_at": retry_at})
            if not refusal.retry or attempts >= PATIENCE:
                causes.append(self._stock_refused(level, words))
        self.env["ecom.issue"]._raise_each(self, "stock_refused", causes)
        self._wake("stock", at=min(again))

    def _note_stock_changed(self, changed):
        """The shop shows something else than we thought: it has most likely sold some. Orders are read at once; what is
        still unexplained when the shop is asked again was changed there by somebody.

        :param changed: ``{level id: (StockState, the version that was sent)}``
        """
        levels = self.env["ecom.stock.level"].browse(changed)
        again = fields.Datetime.now() + ORDERS_FIRST
        first = levels.filtered(lambda level: not level.attempts)
        known = levels - first
        levels.write({"retry_at": again})
        levels.filtered(lambda level: level.version == changed[level.id][1]).write({"in_doubt": False})
        first.write({"attempts": 1})
        known.write({"attempts": 0})
        if known:
            states = [changed[level.id][0] for level in known]
            self.env["ecom.stock.level"]._note_shown(self, states, first=False, only=known)
        self.orders_polled_at = False
        self._wake("orders")
        self._wake("stock", at=again + timedelta(seconds=1))

    def _stock_refused(self, level, words):
        return {
            "order": self.env["ecom.order"],
            "key": str(level.id),
            "message": self.env._(
                "The shop did not take the stock of “%(product)s” (%(quantity)s): %(answer)s",
                product=level.product_id.display_name,
                quantity=level.quantity,
                answer=words,
            ),
            "data": {"level": level.id},
        }

    def _solve_stock_issues(self, code, keys):
        issues = self.env["ecom.issue"].search(
            [("channel_id", "=", self.id), ("code", "=", code), ("key", "in", keys), ("state", "=", "open")]
        )
        issues._solve()


class EcomStockLevel(models.Model):
    _inherit = "ecom.stock.level"

    @api.model
    def _due_sql(self):
        """The condition that the shop is to be told, on a table's name."""

        def condition(table):
            return SQL(
                "(NOT %(level)s.left_to_shop AND (%(level)s.pushed_at IS NULL"
                " OR %(level)s.in_doubt OR %(level)s.pushed_quantity <> %(level)s.quantity"
                " OR %(level)s.pushed_keep_selling <> %(level)s.keep_selling))",
                level=SQL.identifier(table) if isinstance(table, str) else table,
            )

        return condition

    @api.model
    def _note_sending(self, level_ids):
        self.env.cr.execute(
            SQL("UPDATE ecom_stock_level SET in_doubt = true WHERE id = ANY(%s) AND in_doubt IS NOT TRUE", level_ids)
        )
        self.invalidate_model()

    @api.model
    def _note_told(self, rows):
        """:param rows: ``[(level id, quantity told, sold on at zero, what the shop shows now, version)]``"""
        if rows:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE ecom_stock_level level
                       SET pushed_quantity = told.quantity, pushed_keep_selling = told.keep_selling,
                           pushed_at = now() AT TIME ZONE 'UTC', shown_quantity = told.shown,
                           shown_at = now() AT TIME ZONE 'UTC', drift = NULL,
                           refusal = NULL, attempts = 0, retry_at = NULL,
                           in_doubt = level.in_doubt AND level.version <> told.version
                      FROM unnest(%s::int[], %s::int[], %s::bool[], %s::int[], %s::int[])
                           AS told (id, quantity, keep_selling, shown, version)
                     WHERE level.id = told.id
                    """,
                    *(list(column) for column in zip(*rows, strict=True)),
                )
            )
            self.invalidate_model()


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(selection_add=[("stock_refused", "Stock not taken")], ondelete={"stock_refused": "cascade"})

    def _fix_stock_refused(self, same):
        levels = self.env["ecom.stock.level"].browse([issue.data["level"] for issue in same]).exists()
        levels.write({"retry_at": False, "attempts": 0})
        self.channel_id._wake("stock")
