import logging
import time
from datetime import timedelta, timezone

from odoo import api, fields, models

from ...decisions.values import naive
from ...platforms.documents import OrderState

_logger = logging.getLogger(__name__)

POLL_MINUTES = 5
OVERLAP = timedelta(minutes=2)
SETTLE_BATCH = 50
ROLL_CALL = timedelta(days=1)


class EcomChannel(models.Model):
    """The orders lane: hints first, then what waits to be settled, then the look at everything that changed.

    Webhooks are hints, polling is the truth. Every step reads and commits, calls, then writes and commits.
    """

    _inherit = "ecom.channel"

    def _lane_orders(self, deadline):
        """:return: whether work remains."""
        platform = self._platform("orders")
        if self._webhooks_due():
            self._look_after_webhooks(platform)
        while True:
            worked = self._fetch_hinted(platform) or self._settle_received() or self._fetch_customers(platform)
            if not worked and self._poll_due():
                self._poll(platform)
                worked = True
            if not worked and self._roll_call_due():
                self._call_the_roll(platform)
                worked = True
            worked = worked or self._look_after_waiting()
            if not worked:
                return False
            if time.monotonic() > deadline:
                return True

    # === FETCH WHAT WEBHOOKS NAMED === #

    def _fetch_hinted(self, platform):
        """Fetch the orders that new events name, a page in one call."""
        events = self.env["ecom.event"]._waiting(self, "order", platform.capabilities.page_size)
        if not events:
            return False
        event_ids = events.ids
        wanted = list(dict.fromkeys(filter(None, events.mapped("external_id"))))
        deleted = set(events.filtered("deleted").mapped("external_id"))
        self._before_http()
        raws = self._sound(
            platform, platform.read_orders_by_id([external_id for external_id in wanted if external_id not in deleted])
        )
        refunds = self._read_refunds(platform, raws)
        found = {platform.order_version(raw)[0] for raw in raws}
        gone = [external_id for external_id in wanted if external_id not in found]

        def store():
            self.env["ecom.order"]._stage(self, raws, refunds)
            self.env["ecom.order"]._mark_gone(self, gone)
            self.env["ecom.event"].browse(event_ids)._done()

        self._in_transaction(store)
        return True

    @api.model
    def _sound(self, platform, raws):
        """Those raws that at least say which order they are; the others cannot be kept, only logged."""
        sound = []
        for raw in raws:
            try:
                platform.order_version(raw)
            except ValueError as error:
                _logger.error("Channel %s: the shop sent what is no order (%s)", self.id, error)
            else:
                sound.append(raw)
        return sound

    def _read_refunds(self, platform, raws):
        """Raw refunds by order id, of those orders whose refunds are named but not told, and new to us."""
        parsed = self.env["ecom.order"]._parse_all(self, raws)
        partial = [document for document in parsed if document.refunds and not document.refunds_complete]
        if not partial:
            return {}
        known = self.env["ecom.order.refund"]._known(self, partial)
        new = [
            document
            for document in partial
            if any((document.external_id, refund.external_id) not in known for refund in document.refunds)
        ]
        self._before_http()
        return platform.read_refunds(new) if new else {}

    # === LOOK AT EVERYTHING THAT CHANGED === #

    def _poll_due(self):
        if self._platform_class().capabilities.uses_api:
            return False
        self.invalidate_recordset(["orders_polled_at", "orders_cursor", "orders_wait_until"])
        if self.orders_wait_until and self.orders_wait_until > fields.Datetime.now():
            return False
        return (
            bool(self.orders_cursor)
            or not self.orders_polled_at
            or self.orders_polled_at < fields.Datetime.now() - timedelta(minutes=POLL_MINUTES)
        )

    def _poll(self, platform):
        """Read one page of what changed since the watermark, and move it.

        The watermark is the shop's own time, so our clock never matters; it overlaps, for what a slow shop commits
        late.
        """
        since = self.orders_since - OVERLAP if self.orders_since else self.import_from
        cursor = self.orders_cursor or ""
        self._before_http()
        page = platform.read_orders(since.replace(tzinfo=timezone.utc) if since else None, cursor)
        raws = self._sound(platform, page.raws)
        refunds = self._read_refunds(platform, raws)

        def store():
            self.env["ecom.order"]._stage(self, raws, refunds)
            until = fields.Datetime.now() + timedelta(seconds=page.wait) if page.wait else False
            values = {"orders_cursor": page.next or False, "orders_wait_until": until}
            if page.watermark:
                values["orders_since"] = naive(page.watermark)
            if not page.next:
                values["orders_polled_at"] = fields.Datetime.now()
                # What was just read for the first time need not be asked for at once.
                values["roll_called_at"] = self.roll_called_at or values["orders_polled_at"]
            self.write(values)
            if until:
                self._wake("orders", at=until + timedelta(seconds=1))
            elif page.next:
                self._tell_progress(len(page.raws))

        self._in_transaction(store)

    # === CALL THE ROLL === #

    def _roll_call_due(self):
        if self._platform_class().capabilities.uses_api:
            return False
        return not self.roll_called_at or self.roll_called_at < fields.Datetime.now() - ROLL_CALL

    def _call_the_roll(self, platform):
        """Ask once a day for every order that is still to be shipped: listings do not show what a shop binned, nor
        what a plugin changed without dating the change."""
        open_orders = self.env["ecom.order"].search(
            [
                ("channel_id", "=", self.id),
                ("state", "=", "settled"),
                ("sale_order_ids.delivery_status", "in", ("pending", "started")),
            ]
        )
        ids = open_orders.mapped("external_id")
        self._before_http()
        raws = self._sound(platform, platform.read_orders_by_id(ids) if ids else [])
        refunds = self._read_refunds(platform, raws)
        found = {platform.order_version(raw)[0] for raw in raws}

        def store():
            self.env["ecom.order"]._stage(self, raws, refunds)
            self.env["ecom.order"]._mark_gone(self, [external_id for external_id in ids if external_id not in found])
            self.roll_called_at = fields.Datetime.now()

        self._in_transaction(store)

    def _tell_progress(self, read):
        """Show a long import's progress to whoever looks at the channel."""
        waiting = self.env["ecom.order"].search_count([("channel_id", "=", self.id), ("state", "=", "received")])
        self.env.ref("ecom_connector.group_service")._bus_send(
            "ecom.channel/progress", {"channel": self.id, "read": read, "waiting": waiting}
        )

    # === SETTLE === #

    def _settle_received(self):
        """Settle one batch of orders that are new or changed."""
        orders = self.env["ecom.order"]._to_settle(self, SETTLE_BATCH)
        if not orders:
            return False
        orders._settle_in_batch(self)
        return True

    def _starts_at(self):
        """Orders placed before this moment (aware UTC) are left alone."""
        return self.import_from.replace(tzinfo=timezone.utc) if self.import_from else None

    def _wants_confirmation(self, document):
        """Whether the policy confirms an order in the state that the shop says."""
        if self.confirm_policy == "manual":
            return False
        ready = document.state in (OrderState.CONFIRMED, OrderState.COMPLETED)
        return ready or (self.confirm_policy == "placed" and document.state == OrderState.PENDING)
