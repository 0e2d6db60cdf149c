from odoo import api, models
from odoo.addons.ecom_stock_sync.calculations.scanning import times
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import escape_psql


class EcomReturnDesk(models.AbstractModel):
    """What the receiving desk's page calls. What was scanned is kept at once: a reload loses nothing.

    Each call answers with what is to be shown and said; a refusal is an answer, not an error.
    """

    _name = "ecom.return.desk"
    _description = "Receiving Desk"

    @api.model
    def look(self, return_id=False):
        """What lies on the desk."""
        self._check_preparer()
        return self._answer(self._on_desk(return_id))

    @api.model
    def scan(self, text, return_id=False, again=False):
        """Something was scanned or typed: a return, a piece, an order, a tracking number.

        :param again: the same was refused just before, and is meant
        """
        self._check_preparer()
        order = self._on_desk(return_id)
        text = (text or "").strip()[:200]
        if not text:
            return self.receive(return_id) if order else self._answer(order)
        number, code = times(text)
        if found := self._find_return(code):
            return self._answer(found, self.env._("Return %(number)s: scan what is inside.", number=found.name), "good")
        if order and (answer := self._scan_piece(order, code, number)):
            return answer
        return self._scan_elsewhere(order, code, again)

    @api.model
    def receive(self, return_id):
        """All that is in the parcel was scanned."""
        self._check_preparer()
        order = self._on_desk(return_id)
        try:
            # A refusal is an answer: what was half done until then is none.
            with self.env.cr.savepoint():
                order.action_receive()
        except UserError as error:
            return self._answer(order, str(error.args[0]), "bad")
        left = sum(move._ecom_room() for move in order._open_moves())
        words = (
            self.env._("Received. Still awaited: %(left)g.", left=left)
            if left
            else self.env._("Received: all of it is here.")
        )
        return self._answer(order, words, "complete")

    @api.model
    def back(self, return_id):
        """The last scan was a mistake."""
        self._check_preparer()
        order = self._on_desk(return_id)
        last = order.unit_ids.filtered(lambda unit: unit.state in ("scanned", "refused")).sorted("id")[-1:]
        if not last:
            return self._answer(order, self.env._("Nothing to take back."), "info")
        name = last.product_id.display_name
        if last.quantity > 1:
            last.sudo().quantity -= 1
        else:
            last.action_remove()
        return self._answer(order, self.env._("Taken back: %(product)s.", product=name), "info")

    @api.model
    def unknown(self, text):
        """Put a parcel aside whose order nobody knows."""
        self._check_preparer()
        parcel = self.env["ecom.unknown.parcel"].sudo().create({"name": (text or "").strip()[:200] or "?"})
        return self._answer(
            self.env["ecom.return"], self.env._("Put aside as unknown: %(name)s.", name=parcel.name), "info"
        )

    # === WHAT A CODE STANDS FOR === #

    def _on_desk(self, return_id):
        return self.env["ecom.return"].search([("id", "=", return_id)]) if return_id else self.env["ecom.return"]

    def _find_return(self, code):
        """By its number, else by that of one of its parcels, which stand with commas between them."""
        Return = self.env["ecom.return"]
        like = escape_psql(code)
        by_parcel = Domain.OR(
            Domain("tracking_ref", "=like", pattern) for pattern in (like, f"{like},%", f"%,{like}", f"%,{like},%")
        )
        for domain in (Domain("name", "=ilike", like), by_parcel):
            if found := Return.search(domain & Domain("state", "in", ("awaiting", "received", "approved")), limit=1):
                return found
        return Return

    def _scan_piece(self, order, code, number):
        """Note a piece of the return on the desk. :return: ``None`` where the code is none of its pieces"""
        moves = order.sudo()._open_moves()
        Unit = self.env["ecom.return.unit"].sudo()
        lots = moves.origin_returned_move_id.move_line_ids.lot_id.filtered(lambda lot: lot.name == code)
        for move in moves:
            lot = (lots & move._returnable_lots())[:1]
            if lot and move._ecom_room() > 0:
                Unit._scan(move, min(number, move._ecom_room()) if lot.product_id.tracking == "lot" else 1, lot)
                return self._answer(order, f"{lot.product_id.name}: {lot.name}", "good")
        if lots:
            return self._answer_again(order, code)
        if answer := self._scan_unsold(order, moves, code):
            return answer
        products, units = self.env["ecom.parcel"].sudo()._find_products([code])
        own = moves.filtered(lambda move: move.product_id in products)
        if own and own[0].product_id.tracking != "none":
            return self._answer(
                order, self.env._("%(product)s: scan its number.", product=own[0].product_id.name), "info"
            )
        for move in own:
            if move.product_uom.compare(move._ecom_room(), number * units) >= 0:
                Unit._scan(move, number * units)
                return self._answer(order, f"{number * units:g} × {move.product_id.name}", "good")
        if own:
            words = self.env._("Stop: more %(product)s than the return says.", product=own[0].product_id.name)
            return self._answer(order, words, "bad")
        return self._scan_foreign(order, moves, code)

    def _scan_unsold(self, order, moves, code):
        """The number of a piece whose sale Odoo does not know: it is taken as it is."""
        awaited = moves.filtered(
            lambda move: (
                not move.origin_returned_move_id and move.product_id.tracking != "none" and move._ecom_room() > 0
            )
        )
        company = order.sudo().company_id
        lot = awaited and self.env["stock.lot"].sudo().search(
            [
                ("product_id", "in", awaited.product_id.ids),
                ("name", "=", code),
                ("company_id", "in", (False, company.id)),
            ],
            limit=1,
        )
        if lot and lot.product_id.tracking == "serial" and lot in awaited.ecom_unit_ids.lot_id:
            return self._answer_again(order, code)
        if not lot:
            products, _units = self.env["ecom.parcel"].sudo()._find_products([code])
            if len(awaited.product_id) != 1 or products:
                return None
            lot = (
                self.env["stock.lot"]
                .sudo()
                .create({"product_id": awaited.product_id.id, "name": code, "company_id": company.id})
            )
        move = awaited.filtered(lambda move: move.product_id == lot.product_id)[:1]
        self.env["ecom.return.unit"].sudo()._scan(move, 1, lot)
        return self._answer(order, f"{lot.product_id.name}: {lot.name}", "good")

    def _scan_foreign(self, order, moves, code):
        """A number where one is awaited, and another than was sent: suspicious, unless it is something else."""
        tracked = moves.filtered(
            lambda move: move.origin_returned_move_id and move.product_id.tracking == "serial" and move._ecom_room() > 0
        )
        known = self.env["stock.lot"].sudo().search([("name", "=", code)]).product_id
        suspects = tracked.filtered(lambda move: move.product_id in known) or (
            tracked if len(tracked.product_id) == 1 and not known and not self._find_sale(code) else tracked.browse()
        )
        if not suspects or self.env["product.product"].sudo().search_count([("barcode", "=", code)], limit=1):
            return None
        self.env["ecom.return.unit"].sudo()._refuse(suspects[0], code)
        words = self.env._("Stop: %(number)s is not the piece that was sent. Put it aside.", number=code)
        return self._answer(order, words, "bad")

    def _scan_elsewhere(self, order, code, again):
        """An order, or a serial that some customer has."""
        sale = self._find_sale(code)
        if not sale:
            words = self.env._("Nothing is known of %(code)s. F4 puts the parcel aside as unknown.", code=code)
            return self._answer(order, words, "bad")
        found = sale.ecom_return_ids.filtered(lambda found: found.state in ("awaiting", "received"))[:1]
        if found:
            answer = self._scan_piece(found, code, 1.0)
            return answer or self._answer(
                found, self.env._("Return %(number)s: scan what is inside.", number=found.name), "good"
            )
        if not sale.ecom_may_return:
            return self._answer(order, self.env._("Stop: nothing of order %(order)s is out.", order=sale.name), "bad")
        if not again:
            words = self.env._(
                "Order %(order)s: nobody announced a return. Scan it again to take the parcel back.", order=sale.name
            )
            return self._answer(order, words, "bad")
        made = sale.sudo()._ecom_back_to_sender().with_env(self.env)
        return self._answer(made, self.env._("Return %(number)s: scan what is inside.", number=made.name), "good")

    def _find_sale(self, code):
        Sale = self.env["sale.order"]
        for domain in (
            [("ecom_order_id.number", "in", [code, code.lstrip("#"), f"#{code}"])],
            [("name", "=ilike", escape_psql(code))],
            [("picking_ids.name", "=ilike", escape_psql(code))],
            [("picking_ids.carrier_tracking_ref", "=", code)],
        ):
            if found := Sale.search([*domain, ("company_id", "in", self.env.companies.ids)], limit=1):
                return found
        held = self.env["ecom.warranty"].search([("lot_id.name", "=", code), ("state", "=", "held")], limit=1)
        return held.sale_order_id

    # === WHAT IS SHOWN === #

    def _answer_again(self, order, code):
        return self._answer(order, self.env._("%(number)s was scanned already.", number=code), "bad")

    def _answer(self, order, words="", tone=""):
        order = order.sudo()
        shown = False
        if order:
            shown = {
                "id": order.id,
                "name": order.name,
                "order": order.order_id.number or order.sale_order_id.name or "",
                "channel": order.channel_id.name or "",
                "customer": order.partner_id.display_name,
                "note": order.note or "",
                "lines": [self._shown_line(move) for move in order._open_moves()],
                "refused": [
                    unit.lot_name or "" for unit in order.unit_ids.filtered(lambda unit: unit.state == "refused")
                ],
                "scanned": any(unit.state == "scanned" for unit in order.unit_ids),
            }
        return {"parcel": shown, "words": words, "tone": tone}

    def _shown_line(self, move):
        scanned = move.product_qty - move._ecom_room()
        return {
            "id": move.id,
            "product": move.product_id.name,
            "sku": move.product_id.default_code or "",
            "lots": ", ".join(move._returnable_lots().mapped("name")[:20]),
            "scanned": f"{scanned:g}",
            "expected": f"{move.product_qty:g}",
            "complete": move._ecom_room() <= 0,
        }

    def _check_preparer(self):
        if not self.env.user.has_group("ecom_connector.group_preparer"):
            raise AccessError(self.env._("Only preparers receive parcels."))
