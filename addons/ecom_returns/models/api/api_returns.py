from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = ("withdrawal", "conformity", "terms")
WISHES = ("refund", "exchange", "repair", "credit")


class EcomReturn(models.Model):
    _inherit = "ecom.return"

    external_ref = fields.Char(string="Shop's Reference", readonly=True, copy=False, index="btree_not_null")

    _external_unique = models.UniqueIndex(
        "(channel_id, external_ref) WHERE external_ref IS NOT NULL", "The channel has this return already."
    )


class EcomApi(models.AbstractModel):
    """Returns: asked for by the shop, and followed."""

    _inherit = "ecom.api"

    @api.model
    def return_create(self, channel, returns):
        """Ask for returns. A return is the same by its ``external_ref``, whatever is sent again.

        Each has ``external_ref``, ``order`` (the order's reference), ``lines`` with ``id`` (the order line's) or
        ``sku``, ``quantity`` and perhaps ``reason`` (a code), and perhaps ``kind``, ``wish`` and ``note``.

        :return: one result for each, in order: ``created``, ``unchanged`` where it is known, or ``error``
        """
        channel = self._channel(channel)
        raws = self._items(returns, "returns")
        refs = [raw.get("external_ref") for raw in raws if isinstance(raw, dict)]
        known = self._known_returns(channel, [ref for ref in refs if isinstance(ref, str)])
        orders = self._known_orders(
            channel, {raw["order"] for raw in raws if isinstance(raw, dict) and isinstance(raw.get("order"), str)}
        )
        by_ref = {order.external_id: order for order in orders}
        reasons = {reason.code: reason.id for reason in channel.env["ecom.return.reason"].search([])}
        results = []
        for raw in raws:
            results.append(self._create_return(channel, raw, known, by_ref, reasons))
        return results

    @api.model
    def return_status(self, channel, refs):
        """Where returns stand, by the references of the shop.

        :return: one result for each reference, ``status`` is the return's state or ``unknown``
        """
        channel = self._channel(channel)
        refs = self._refs(refs, "refs")
        known = self._known_returns(channel, refs)
        return [
            self._return_result(known[ref])
            if ref in known
            else self._result(
                ref,
                "unknown",
                errors=[self._error("ref", "unknown_return", "The channel has no such return.", "Create it first.")],
            )
            for ref in refs
        ]

    @api.model
    def return_list(self, channel, cursor="", limit=100):
        """Returns of the channel that are new or changed since the cursor, oldest change first, each once and as it is
        now; those that began in Odoo included.

        Begin with an empty cursor for all of them, and keep the one returned. Only the channel's own lane numbers
        changes, one after the other, so that none is ever passed over.

        :return: ``{"items": [...], "cursor": text, "more": whether to go on at once}``
        """
        channel = self._channel(channel)
        after, limit = self._page(cursor, limit)
        found = channel.env["ecom.return"].search(
            [("channel_id", "=", channel.id), ("api_version", ">", after)], order="api_version", limit=limit + 1
        )
        page = found[:limit]
        return {
            "items": [self._return_result(order) | {"version": str(order.api_version)} for order in page],
            "cursor": str(page[-1].api_version) if page else cursor,
            "more": len(found) > limit,
        }

    # === PARTS === #

    @api.model
    def _known_returns(self, channel, refs):
        found = channel.env["ecom.return"].search([("channel_id", "=", channel.id), ("external_ref", "in", list(refs))])
        return {order.external_ref: order for order in found}

    @api.model
    def _create_return(self, channel, raw, known, orders, reasons):
        """One return, or what is wrong with it; nothing is kept of one that is refused."""
        ref = raw.get("external_ref") if isinstance(raw, dict) else None
        if not isinstance(ref, str) or not ref or len(ref) > 64 or "\x00" in ref:
            return self._bad_return("", "external_ref", "required", "A text of 1 to 64 characters is needed.")
        if ref in known:
            return self._return_result(known[ref], "unchanged")
        order = orders.get(raw.get("order") if isinstance(raw.get("order"), str) else None)
        if not order or not order.sale_order_id:
            return self._bad_return(ref, "order", "unknown_order", "The channel has no such order in Odoo.")
        for name, values in (("kind", KINDS), ("wish", WISHES)):
            if raw.get(name, values[0]) not in values:
                return self._bad_return(ref, name, "invalid", f"One of {', '.join(values)} is needed.")
        lines = raw.get("lines")
        if not isinstance(lines, list) or not lines:
            return self._bad_return(ref, "lines", "required", "A list of lines is needed.")
        wanted = {}
        for index, line in enumerate(lines):
            problem, sold, quantity, reason = self._read_line(order, line, reasons)
            if problem or sold in wanted:
                field, code, message = problem or ("", "duplicate", "This line is there already.")
                return self._bad_return(ref, f"lines[{index}].{field}".rstrip("."), code, message)
            wanted[sold] = (quantity, reason)
        note = raw.get("note")
        try:
            with self.env.cr.savepoint():
                found = channel.env["ecom.return"].create(
                    {
                        "external_ref": ref,
                        "sale_order_id": order.sale_order_id.id,
                        "kind": raw.get("kind", KINDS[0]),
                        "wish": raw.get("wish", WISHES[0]),
                        "note": note.replace("\x00", "")[:4000] if isinstance(note, str) else False,
                        "user_id": channel.responsible_id.id,
                        "line_ids": [
                            Command.create({"sale_line_id": sold.id, "quantity": quantity, "reason_id": reason})
                            for sold, (quantity, reason) in wanted.items()
                        ],
                    }
                )
                found._acknowledge()
        except (UserError, ValidationError) as error:
            return self._bad_return(ref, "lines", "refused", str(error.args[0]))
        known[ref] = found
        return self._return_result(found, "created")

    @api.model
    def _read_line(self, order, line, reasons):
        """:return: ``((field, code, message) or None, sales order line, quantity, reason id)``"""
        if not isinstance(line, dict):
            return ("", "invalid", "An object is needed."), None, 0, False
        quantity = line.get("quantity")
        if isinstance(quantity, bool) or not isinstance(quantity, (int, float)) or not 0 < quantity < 1e6:
            return ("quantity", "invalid", "A number above zero is needed."), None, 0, False
        rows = order.line_ids.filtered(lambda row: row.kind == "product")
        if isinstance(line.get("id"), str):
            rows = rows.filtered(lambda row: row.external_id == line["id"])
        else:
            rows = rows.filtered(lambda row: row.sku and row.sku == line.get("sku"))
        sold = rows[:1]._current_line() if rows else None
        if not sold:
            return ("id", "unknown_line", "The order has no such line."), None, 0, False
        if sold.product_uom_id.compare(quantity, 0) <= 0:
            return ("quantity", "invalid", "It is less than the unit can be divided."), None, 0, False
        if sold.product_uom_id.compare(quantity, sold.ecom_quantity_returnable) > 0:
            left = max(sold.ecom_quantity_returnable, 0)
            return ("quantity", "too_many", f"{left:g} can come back, not {quantity:g}."), None, 0, False
        reason = line.get("reason")
        if reason and (not isinstance(reason, str) or reason not in reasons):
            return ("reason", "unknown_reason", f"One of {', '.join(reasons)} is needed."), None, 0, False
        return None, sold, quantity, reasons.get(reason or "", False)

    @api.model
    def _bad_return(self, ref, field, code, message):
        return self._result(ref, "error", errors=[self._error(field, code, message, "Correct it and send it again.")])

    @api.model
    def _return_result(self, order, status=""):
        return self._result(
            order.external_ref or "",
            status or order.state,
            order.id,
            state=order.state,
            number=order.name,
            order=order.order_id.external_id or "",
            kind=order.kind,
            wish=order.wish,
            requested_at=self._moment(order.requested_at),
            withdrawal_until=fields.Date.to_string(order.withdrawal_until) or "",
            refund_until=fields.Date.to_string(order.refund_until) or "",
            decline_reason=order.decline_reason or "",
            owed=self._amount(order.amount_owed, order.currency_id),
            lines=[
                {
                    "id": line.sale_line_id.ecom_line_id.external_id or "",
                    "sku": line.product_id.default_code or "",
                    "quantity": line.quantity,
                    "received": line.quantity_back,
                    "reason": line.reason_id.code or "",
                }
                for line in order.line_ids
            ],
            refunds=[
                {
                    "amount": self._amount(refund.amount, refund.currency_id),
                    "method": refund.method_code or "",
                    "state": refund.state,
                    "at": self._moment(refund.done_at),
                }
                for refund in order.refund_ids
            ],
        )
