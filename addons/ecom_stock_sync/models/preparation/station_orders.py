from datetime import date

from odoo import models
from odoo.tools import escape_psql


class EcomStation(models.AbstractModel):
    """Which delivery is laid on the bench: the one that was scanned, or the next of a batch."""

    _inherit = "ecom.station"

    def _scan_order(self, text, again):
        if not text:
            return self._open_next()
        found = self._find_deliveries(text)
        ready = found.filtered(lambda picking: picking.state == "assigned")
        if len(ready) > 1 and len(ready.sale_id) > 1:
            return self._answer(
                self.env["ecom.parcel"]._on_bench(),
                self.env._("Several orders have the number %(code)s: scan the delivery slip.", code=text),
                "bad",
            )
        picking = (ready or found)[:1]
        if not picking:
            batch = self._find_batch(text)
            if batch:
                return self._open_next(batch)
            if first := self.env["stock.picking"]._ecom_first_step(text):
                return self._answer(
                    self.env["ecom.parcel"]._on_bench(),
                    self.env._(
                        "Order %(number)s is not picked yet: %(transfer)s comes first.",
                        number=self._number_of(first),
                        transfer=first.name,
                    ),
                    "bad",
                )
            return self._answer(
                self.env["ecom.parcel"]._on_bench(),
                self.env._("Stop: no order has the number %(code)s.", code=text),
                "bad",
            )
        return self._open(picking, again)

    def _find_deliveries(self, code):
        """Deliveries by their own name, their shop order's number, or their sales order's name; open ones first."""
        Picking = self.env["stock.picking"]
        base = [("picking_type_code", "=", "outgoing"), ("company_id", "in", self.env.companies.ids)]
        for domain in (
            [("name", "=ilike", escape_psql(code))],
            [("sale_id.ecom_order_id.number", "in", [code, code.lstrip("#"), f"#{code}"])],
            [("sale_id.name", "=ilike", escape_psql(code))],
        ):
            found = Picking.search(base + domain, order="id", limit=20)
            if found:
                return found.sorted(lambda picking: (picking.state in ("done", "cancel"), picking.id))
        return Picking

    def _find_batch(self, code):
        return self.env["stock.picking.batch"].search(
            [
                ("name", "=ilike", escape_psql(code)),
                ("state", "=", "in_progress"),
                ("picking_type_code", "=", "outgoing"),
            ],
            limit=1,
        )

    def _open(self, picking, again=False):
        """Lay a delivery on the bench, or say why it may not be packed."""
        Parcel = self.env["ecom.parcel"]
        if refused := self._refuses(picking):
            return self._answer(Parcel._on_bench(), refused, "bad")
        parcel = Parcel._of(picking)
        if parcel.state == "open" and parcel.user_id and parcel.user_id != self.env.user and not again:
            return self._answer(
                Parcel._on_bench(),
                self.env._(
                    "%(user)s is packing %(delivery)s. Scan it again to take it over.",
                    user=parcel.user_id.name,
                    delivery=picking.name,
                ),
                "bad",
            )
        parcel._lay_on_bench()
        words = [self.env._("Order %(number)s.", number=self._number_of(picking))]
        if picking.ecom_gift_message:
            words.append(self.env._("It is a gift: put in the message, and no prices."))
        return self._answer(parcel, " ".join([*words, self._next_words(parcel)]), "good")

    def _refuses(self, picking):
        """Why a delivery may not be packed, in words."""
        told = {"delivery": picking.name, "number": self._number_of(picking)}
        if picking.state == "cancel":
            return self.env._("Stop: order %(number)s was cancelled. Put the goods back.", **told)
        if picking.state == "done":
            return self.env._("Order %(number)s has been shipped already.", **told)
        if picking.ecom_hold:
            return f"{self.env._('Stop: order %(number)s may not be packed.', **told)} {picking.ecom_hold_message}"
        if picking.ecom_ready_at:
            return self.env._("Order %(number)s lies ready for its customer already.", **told)
        if picking.state != "assigned":
            return self.env._("Order %(number)s is not ready: its goods are not in stock.", **told)
        return ""

    def _open_next(self, batch=None):
        """Open the next delivery of a batch; of the user's own, else of one that is nobody's."""
        batches = batch or self._batches()
        for found in batches.sorted(self._batch_order):
            ready = found.picking_ids.filtered(lambda picking: picking.state == "assigned")
            taken = ready.ecom_parcel_ids.filtered(
                lambda parcel: parcel.state == "open" and parcel.user_id != self.env.user
            )
            # What was put aside comes last: it was put aside for something.
            aside = ready.ecom_parcel_ids.filtered(lambda parcel: parcel.state == "aside").picking_id
            ready = (ready - taken.picking_id).sorted(
                lambda picking, aside=aside: (picking in aside, picking.batch_sequence, picking.id)
            )
            if ready:
                return self._open(ready[0])
        return self._answer(self.env["ecom.parcel"], self.env._("Nothing is left to pack. Scan an order."), "info")

    def _batch_order(self, batch):
        """The user's own first, then what leaves first."""
        return batch.user_id != self.env.user, batch.ecom_leaves_on or date.max, batch.id

    def _batches(self):
        """The batches that the user may work on."""
        return self.env["stock.picking.batch"].search(
            [
                ("state", "=", "in_progress"),
                ("picking_type_code", "=", "outgoing"),
                ("user_id", "in", [False, self.env.uid]),
                ("company_id", "in", self.env.companies.ids),
            ],
            order="ecom_leaves_on, id",
        )
