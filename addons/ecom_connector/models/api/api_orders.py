from odoo import api, models
from odoo.exceptions import ConcurrencyError
from psycopg2 import IntegrityError

from ...decisions.values import naive
from ...platforms.values import digest


class EcomApi(models.AbstractModel):
    """Orders: pushed into the inbox, settled by the orders lane, asked after and cancelled."""

    _inherit = "ecom.api"

    @api.model
    def order_push(self, channel, orders):
        """Bring new and changed orders. An order is the same by its ``external_ref``, and newer by ``updated_at``.

        :return: one result for each, in order. ``received``: kept, the orders lane settles it; ``unchanged``: known
            as it is; ``outdated``: a younger version is known; ``error``: nothing of it was kept, ``errors`` say why
        """
        channel = self._channel(channel)
        platform, facts = channel._platform_class(), self._facts()
        results, sound = [], []
        for raw in self._items(orders, "orders"):
            problems = platform.check_order(raw, facts)
            results.append(self._refused(raw, problems) if problems else None)
            if not problems:
                sound.append(raw)
        kept = iter(self._keep_orders(channel, sound))
        return [result or next(kept) for result in results]

    @api.model
    def order_status(self, channel, refs):
        """Where orders stand.

        :return: one result for each reference: ``status`` is the order's, or ``unknown``; ``errors`` are the open
            issues; of an order in Odoo also its sales order, delivery and invoice
        """
        channel = self._channel(channel)
        refs = self._refs(refs, "refs")
        orders = {order.external_id: order for order in self._known_orders(channel, refs)}
        issues = {}
        for issue in channel.env["ecom.issue"].search(
            [("order_id", "in", [order.id for order in orders.values()]), ("state", "=", "open")], order="id"
        ):
            issues.setdefault(issue.order_id, []).append(
                self._error("", issue.code, issue.message or "", issue.remedy or "")
            )
        return [self._order_result(ref, orders.get(ref), issues) for ref in refs]

    @api.model
    def order_cancel(self, channel, refs):
        """Cancel orders, as far as they were not shipped or invoiced: then a person is asked, see ``order_status``.

        :return: one result for each reference: ``received``, ``unchanged`` where it is cancelled, or ``error``
        """
        channel = self._channel(channel)
        refs = self._refs(refs, "refs")
        platform = channel._platform_class()
        orders = {order.external_id: order for order in self._known_orders(channel, refs)}
        results, younger = {}, {}
        for ref in dict.fromkeys(refs):
            order = orders.get(ref)
            if not order:
                results[ref] = self._unknown_order(ref, "error")
            elif not order.payload:
                error = self._error("", "too_late", "The order was finished long ago.", "Settle it by hand in Odoo.")
                results[ref] = self._result(ref, "error", order.id, [error])
            else:
                raw = platform.cancelled(order.payload)
                if raw == order.payload:
                    results[ref] = self._result(ref, "unchanged", order.id)
                else:
                    younger[ref] = raw
        if younger:
            for result in self._keep_orders(channel, list(younger.values())):
                results[result["ref"]] = result
        return [results[ref] for ref in refs]

    # === KEEPING === #

    @api.model
    def _known_orders(self, channel, refs):
        """These orders of the channel, in one look-up."""
        return channel.env["ecom.order"].search([("channel_id", "=", channel.id), ("external_id", "in", list(refs))])

    @api.model
    def _keep_orders(self, channel, raws):
        """Stage sound orders in one go and have them settled; returns a result for each, in order."""
        platform = channel._platform_class()
        versions = [platform.order_version(raw) for raw in raws]
        newest = {}
        for index, (ref, changed_at) in enumerate(versions):
            if ref not in newest or changed_at >= versions[newest[ref]][1]:
                newest[ref] = index
        orders = {order.external_id: order for order in self._known_orders(channel, list(newest))}
        statuses, younger = [], []
        for index, ((ref, changed_at), raw) in enumerate(zip(versions, raws, strict=True)):
            known = orders.get(ref)
            if newest[ref] != index:
                status = "outdated"
            elif known and known.digest == digest(raw):
                status = "unchanged"
            elif known and known.changed_at and known.changed_at > naive(changed_at):
                status = "outdated"
            else:
                status = "received"
                younger.append(raw)
            statuses.append(status)
        if younger:
            orders |= self._stage_orders(channel, younger)
            channel._wake("orders")
        return [
            self._result(ref, status, orders[ref].id)
            for (ref, _changed_at), status in zip(versions, statuses, strict=True)
        ]

    @api.model
    def _stage_orders(self, channel, raws):
        """Stage orders. Where the same call is answered twice at once, the later one starts afresh and finds them."""
        try:
            with self.env.cr.savepoint():
                return channel.env["ecom.order"]._stage(channel, raws, {})
        except IntegrityError as error:
            raise ConcurrencyError(str(error)) from error

    # === ANSWERS === #

    @api.model
    def _unknown_order(self, ref, status="unknown"):
        error = self._error("ref", "unknown_order", "The channel has no such order.", "Push it first.")
        return self._result(ref, status, errors=[error])

    @api.model
    def _order_result(self, ref, order, issues):
        if not order:
            return self._unknown_order(ref)
        sale_order = order.sale_order_id
        return self._result(
            ref,
            order.state,
            order.id,
            issues.get(order, ()),
            number=order.number or "",
            shop_state=order.shop_state or "",
            sale_order=sale_order.name or "",
            sale_state=sale_order.state or "",
            delivery=sale_order.delivery_status or "",
            invoice=sale_order.invoice_status or "",
            total=self._amount(sale_order.amount_total, sale_order.currency_id) if sale_order else "",
        )

    @api.model
    def _amount(self, amount, currency):
        return f"{amount:.{currency.decimal_places}f}"
