import logging

from odoo import api, models
from odoo.exceptions import LockError, UserError
from psycopg2 import IntegrityError

from ...platforms.documents import OrderState
from ..channels.channel_lanes import CONFLICTS
from ..wording import in_words
from .order_stage import Parsed

_logger = logging.getLogger(__name__)

CONFIRM_BATCH = 25  # about a second of Odoo's own work: reservation locks stay brief
SHELVES = 0x65636F6D  # the space of advisory locks on products


class EcomOrder(models.Model):
    """Settling: making the sales orders say what the shop says, in batches, each step safe to repeat.

    A batch whose work fails is done again one by one, so that only the bad order stops.
    """

    _inherit = "ecom.order"

    @api.model
    def _to_settle(self, channel, limit):
        """The oldest orders that are new or changed."""
        return self.search([("channel_id", "=", channel.id), ("state", "=", "received")], order="id", limit=limit)

    def _settle_in_batch(self, channel):
        """Settle these orders: drafts first, committed; then confirmations in short transactions."""
        orders = self.with_env(channel.env).with_context(ecom_parsed=Parsed())
        orders._each_alone_on_error(channel, "_settle_documents", len(orders))
        orders._still("received")._each_alone_on_error(channel, "_settle_confirm", CONFIRM_BATCH)
        orders._still("received")._each_alone_on_error(channel, "_settle_close", len(orders))

    def _each_alone_on_error(self, channel, step, size):
        """Run the method ``step`` in a transaction for each batch; replay a failing batch one by one."""
        for start in range(0, len(self), size):
            batch = self.browse(self.ids[start : start + size])
            try:
                channel._in_transaction(lambda batch=batch: getattr(batch, step)(channel))
            except CONFLICTS as error:
                # Another server was faster five times: these orders stay received, and the lane comes back to them.
                _logger.info("Channel %s: %s waits for another transaction (%s)", channel.id, step, error)
                self.env.cr.rollback()
            except Exception as error:
                self.env.cr.rollback()
                if len(batch) > 1:
                    batch._each_alone_on_error(channel, step, 1)
                else:
                    channel._in_transaction(lambda batch=batch, error=error: batch._stop(channel, error))

    def _still(self, state):
        """Those that no step has taken out of the pipeline."""
        return self.search([("id", "in", self.ids), ("state", "=", state)], order="id")

    def _stop(self, channel, error):
        """Keep one order for a person, with the reason."""
        if not isinstance(error, (UserError, ValueError, IntegrityError)):
            _logger.exception("Channel %s: order %s cannot be settled", channel.id, self.id, exc_info=error)
        self.write({"state": "blocked"})
        self.env["ecom.issue"]._raise(
            channel,
            "settle_failed",
            order=self,
            message=self.env._(
                "Order %(number)s stopped: %(error)s",
                number=self.number or self.external_id,
                error=in_words(self.env, error),
            ),
        )

    # === STEP 1: THE SALES ORDERS SAY WHAT THE SHOP SAYS === #

    def _settle_documents(self, channel):
        """Create what is missing, change what changed, and put aside what is none of our business."""
        documents = self._documents()
        start = channel._starts_at()
        new = self.browse()
        for order, document in documents.items():
            if order.sale_order_ids:
                order._follow(channel, document)
            elif document.state == OrderState.DRAFT or (start and document.created_at < start):
                order.state = "ignored"
            elif document.state == OrderState.CANCELLED:
                order.state = "cancelled"
            else:
                new |= order
        if new:
            new._create_sale_orders(channel, {order: documents[order] for order in new})

    def _create_sale_orders(self, channel, documents):
        """Quotations of new orders, all in a constant number of look-ups; what a person must settle stays behind."""
        lookups = self._look_up(channel, documents)
        vals_list, ready = [], []
        for order, document in documents.items():
            if problems := lookups.problems.get(order):
                order.state = "blocked"
                for code, key, message, data in problems:
                    self.env["ecom.issue"]._raise(channel, code, order=order, key=key, message=message, data=data)
                continue
            vals_list.append(order._prepare_sale_order_vals(channel, document, lookups))
            ready.append(order)
        sale_orders = self.env["sale.order"].create(vals_list)
        for order, sale_order in zip(ready, sale_orders, strict=True):
            order._agree(documents[order])
            order._check_totals(channel, documents[order], sale_order)
        return sale_orders

    def _check_totals(self, channel, document, sale_order):
        """The last word on the cents: what Odoo computed must be what the shop says."""
        currency = sale_order.currency_id
        total, tax = float(document.total), float(document.total_tax)
        same = (
            currency.compare_amounts(sale_order.amount_total, total) == 0
            and currency.compare_amounts(sale_order.amount_tax, tax) == 0
        )
        if same or self.accept_difference:
            return
        self.state = "blocked"
        self.env["ecom.issue"]._raise(
            channel,
            "total_mismatch",
            order=self,
            message=self.env._(
                "Order %(number)s: the shop says %(shop_total)s with %(shop_tax)s of tax, Odoo computes %(total)s with "
                "%(tax)s. The quotation %(name)s was made and waits.",
                number=self.number,
                shop_total=currency.format(total),
                shop_tax=currency.format(tax),
                total=currency.format(sale_order.amount_total),
                tax=currency.format(sale_order.amount_tax),
                name=sale_order.name,
            ),
        )

    # === STEP 2: CONFIRM === #

    def _settle_confirm(self, channel):
        """Confirm by the channel's policy; a cancelled order is not confirmed."""
        documents = self._documents()
        here = self._paid_here()
        self._settle_waiting(documents, here)
        wanted = self.filtered(
            lambda order: (
                channel._wants_confirmation(documents[order])
                or (channel.confirm_policy != "manual" and (order in here or order._awaited_payment(documents[order])))
            )
        )
        drafts = wanted.sale_order_ids.filtered(lambda sale: sale.state in ("draft", "sent"))
        if drafts:
            self._take_shelves(drafts.order_line.product_id.filtered("is_storable"))
            drafts.with_context(ecom_from_shop=True).action_confirm()

    def _take_shelves(self, products):
        """Reserve these products alone: two lanes that reserve the same ones would each undo the other's work.

        Whoever finds one taken waits until it is free and starts afresh, for what it read by then is old.
        """
        if not products:
            return
        shelves = [SHELVES, sorted(products.ids)]
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s, id) FROM unnest(%s) AS id", shelves)
        if not all(free for (free,) in self.env.cr.fetchall()):
            self.env.cr.rollback()
            self.env.cr.execute("SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s) AS id", shelves)
            raise LockError(self.env._("Another transaction reserves the same products."))

    # === STEP 3: INVOICE AND CLOSE === #

    def _settle_close(self, channel):
        """Invoice by policy, close what solved itself, and mark the orders as settled."""
        self._invoice(channel)
        refunded = self.filtered(lambda order: order._document().state == OrderState.REFUNDED)
        for order in refunded:
            order._cancel_sale_orders(channel)
        self.issue_ids.filtered(lambda issue: issue.state == "open" and issue.blocking)._solve()
        settled = self.filtered(lambda order: order.state == "received")
        settled.write({"state": "settled"})
        settled._send_waiting_edits(channel)
