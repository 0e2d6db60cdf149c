import re
from datetime import date

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import escape_psql
from odoo.tools.misc import format_date

from ...calculations.scanning import ACCEPTED, times, weight

KEYS = ("missing", "tracking", "carrier", "weight", "label", "ship", "aside", "back")
# Carriers' numbers are letters and digits, perhaps in groups.
TRACKING = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{3,59}")


class EcomStation(models.AbstractModel):
    """What the packing station's page calls. Everything it shows is here on the server: a reload loses nothing.

    Each call answers with what is to be shown and said. A refusal is an answer, not an error.
    """

    _name = "ecom.station"
    _description = "Packing Station"

    @api.model
    def look(self):
        """What lies before the user."""
        parcel, refused = self._bench()
        return refused or self._answer(parcel)

    @api.model
    def scan(self, text, again=False):
        """Something was scanned or typed.

        :param str text: what
        :param bool again: the same was refused just before, and is meant
        """
        parcel, refused = self._bench()
        text = (text or "").strip()[:200]
        if refused:
            return refused
        if not parcel:
            return self._scan_order(text, again)
        if not text:
            return self._go_on(parcel)
        step = parcel._step()
        if step == "missing":
            parcel.asks = False
        if step == "weight" and (kilograms := weight(text)):
            return self._weigh(parcel, kilograms)
        if step == "tracking":
            return self._take_number(parcel, text)
        if step == "carrier":
            return self._take_carrier(parcel, text)
        number, code = times(text)
        judgement, reading = parcel._scan(code, number)
        known = reading.products or reading.lots
        if not known and judgement.verdict not in ACCEPTED and self._find_deliveries(code):
            return self._scan_order(code, again)
        words, tone = parcel._words(judgement, code)
        if judgement.verdict in ACCEPTED and parcel._is_complete():
            return self._answer(parcel, f"{words} {self._next_words(parcel)}", "complete")
        return self._answer(parcel, words, tone)

    @api.model
    def press(self, key):
        """A key was pressed: one of ``KEYS``."""
        parcel, refused = self._bench()
        if refused:
            return refused
        if key not in KEYS:
            raise UserError(self.env._("The station has no key %(key)s.", key=key))
        if not parcel and key == "label":
            return self._reprint()
        if not parcel:
            return self._answer(parcel, self.env._("Scan an order first."), "info")
        try:
            return getattr(self, f"_press_{key}")(parcel)
        except UserError as error:
            return self._answer(parcel, str(error.args[0]), "bad")

    def _bench(self):
        """What lies before the user, and an answer in its place when it may not be packed any more.

        :raise AccessError: for whoever is no preparer
        """
        self._check_preparer()
        parcel = self.env["ecom.parcel"]._on_bench()
        if parcel and (words := self._refuses(parcel.picking_id)):
            parcel._put_aside()
            return parcel, self._answer(self.env["ecom.parcel"], words, "bad")
        return parcel, None

    # === ORDERS === #

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
            [("name", "=ilike", escape_psql(code)), ("state", "=", "in_progress")], limit=1
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

    # === KEYS === #

    def _go_on(self, parcel):
        """Enter without anything typed: do what comes next."""
        step = parcel._step()
        if step == "items":
            return self._answer(parcel, self._next_words(parcel), "info")
        if step == "missing":
            return self.press("missing")
        if step == "carrier":
            parcel.asks = False
            return self._answer(parcel, self._next_words(parcel), "info")
        if step == "weight":
            parcel.write({"weight_asked": True, "asks": False})
            return self._answer(parcel, self._next_words(parcel), "good")
        if step == "tracking":
            parcel.write({"tracking_asked": True, "asks": False})
            return self._answer(parcel, self._next_words(parcel), "good")
        return self.press("label" if step == "label" else "ship")

    def _weigh(self, parcel, kilograms):
        if parcel.label_state == "bought":
            parcel.asks = False
            return self._answer(parcel, self.env._("The label is bought: cancel it to change the weight."), "bad")
        parcel.write({"weight": kilograms, "weight_asked": True, "asks": False})
        words = self.env._("%(weight)s kilograms.", weight=parcel._number(kilograms))
        return self._answer(parcel, f"{words} {self._next_words(parcel)}", "good")

    def _take_number(self, parcel, text):
        """A tracking number, unless it is known as something else."""
        reading = parcel._reading(text)
        if reading.products or reading.lots or not TRACKING.fullmatch(text):
            return self._answer(parcel, self.env._("Stop: %(code)s is no tracking number.", code=text), "bad")
        parcel.picking_id.carrier_tracking_ref = text
        parcel.write({"asks": False, "tracking_asked": True})
        words = self.env._("Number %(number)s.", number=text)
        return self._answer(parcel, f"{words} {self._next_words(parcel)}", "good")

    def _take_carrier(self, parcel, text):
        """A carrier by its place in the list that is shown, or by its name."""
        carriers = parcel._carriers()
        chosen = carriers.filtered(lambda carrier: carrier.name.casefold() == text.casefold())
        if text.isdigit() and 1 <= int(text) <= len(carriers):
            chosen = carriers[int(text) - 1]
        if not chosen:
            return self._answer(parcel, self.env._("Stop: %(code)s is none of these carriers.", code=text), "bad")
        parcel.picking_id.carrier_id = chosen[0]
        parcel.write({"asks": False, "label_state": False, "label_error": False})
        words = self.env._("Goes with %(carrier)s.", carrier=chosen[0].name)
        return self._answer(parcel, f"{words} {self._next_words(parcel)}", "good")

    def _press_carrier(self, parcel):
        if parcel.label_state in ("asked", "bought", "doubt"):
            raise UserError(self.env._("The label is bought: cancel it to change the carrier."))
        parcel.asks = False if parcel.asks == "carrier" else "carrier"
        return self._answer(parcel, self._next_words(parcel), "info")

    def _press_missing(self, parcel):
        """Asks first: what is split off cannot be put back."""
        if parcel.asks != "missing":
            missing = parcel._missing_words()
            parcel.asks = "missing"
            return self._answer(
                parcel, self.env._("Ship without %(items)s? Enter does it, a scan goes on.", items=missing), "info"
            )
        with self.env.cr.savepoint():
            missing = parcel._split_missing()
        words = self.env._("%(items)s will follow later.", items=missing)
        return self._answer(parcel, f"{words} {self._next_words(parcel)}", "complete")

    def _press_tracking(self, parcel):
        parcel.asks = False if parcel.asks == "tracking" else "tracking"
        return self._answer(parcel, self._next_words(parcel), "info")

    def _press_weight(self, parcel):
        parcel.asks = False if parcel.asks == "weight" else "weight"
        return self._answer(parcel, self._next_words(parcel), "info")

    def _press_label(self, parcel):
        if not parcel.carrier_id._ecom_gives_labels() and not parcel.label_ids:
            return self._answer(
                parcel, self.env._("This carrier gives no labels: F4 takes the number of the parcel."), "bad"
            )
        if not parcel._is_complete():
            raise UserError(self.env._("Something is missing. F2 ships what is there."))
        parcel._buy_label()
        words, tone = parcel._label_words()
        if tone == "good":
            return self._answer(parcel, f"{words} {self._next_words(parcel)}", tone, prints=parcel)
        return self._answer(parcel, words, tone)

    def _press_ship(self, parcel):
        if not parcel._is_complete():
            raise UserError(self.env._("Something is missing. F2 ships what is there."))
        prints = self.env["ecom.parcel"]
        picking = parcel.picking_id
        if not picking.ecom_collect_state and parcel.carrier_id._ecom_gives_labels() and not parcel._has_label():
            parcel._buy_label()
            words, tone = parcel._label_words()
            if tone != "good":
                return self._answer(parcel, words, tone)
            prints = parcel
        with self.env.cr.savepoint():
            action = parcel._ship()
        told = {"number": self._number_of(picking)}
        words = (
            self.env._("Order %(number)s lies ready for its customer.", **told)
            if picking.ecom_collect_state
            else self.env._("Order %(number)s is shipped.", **told)
        )
        return self._answer(self.env["ecom.parcel"], words, "done", prints=prints, action=action)

    def _press_aside(self, parcel):
        number = self._number_of(parcel.picking_id)
        parcel._put_aside()
        return self._answer(
            self.env["ecom.parcel"], self.env._("Order %(number)s is put aside.", number=number), "info"
        )

    def _press_back(self, parcel):
        undone = parcel._take_back()
        if not undone:
            return self._answer(parcel, self.env._("There is no scan to take back."), "info")
        names = ", ".join(parcel._short_name(product) for product in undone.product_id)
        return self._answer(parcel, self.env._("Taken back: %(products)s.", products=names), "info")

    def _reprint(self):
        """The label of what the user shipped last, once more: it was paid for once."""
        parcel = self.env["ecom.parcel"].search(
            [("user_id", "=", self.env.uid), ("state", "=", "done")], order="closed_at desc, id desc", limit=1
        )
        if not parcel.label_ids:
            return self._answer(self.env["ecom.parcel"], self.env._("There is no label to print again."), "info")
        words, _tone = parcel._label_words()
        return self._answer(self.env["ecom.parcel"], words, "good", prints=parcel)

    # === WHAT IS SHOWN === #

    def _next_words(self, parcel):
        """What is to be done next, as it is said aloud."""
        step, env = parcel._step(), self.env
        if step == "items":
            left = sum(line.room for line in parcel._lines() if line.room > 0)
            if left:
                return env._("%(count)s to scan.", count=parcel._number(left))
            return env._("The rest is not in stock: F2 ships what is there.")
        return {
            "carrier": env._("Which carrier? Type its number."),
            "missing": env._("Enter ships what is there, a scan goes on."),
            "weight": env._("Weigh the parcel."),
            "label": env._("Enter buys the label."),
            "tracking": env._("Scan the tracking number."),
            "ship": env._("Enter, and it lies ready.")
            if parcel.picking_id.ecom_collect_state
            else env._("Enter ships it."),
        }[step]

    def _answer(self, parcel, words="", tone="", prints=None, action=None):
        """What the page shows and says; ``prints`` is a parcel whose label is to be printed."""
        return {
            "words": words,
            "tone": tone,
            "parcel": self._describe(parcel) if parcel else False,
            "batches": [] if parcel else self._describe_batches(),
            "prints": self._files(prints) if prints else [],
            "action": action or False,
        }

    def _describe(self, parcel):
        picking = parcel.picking_id
        carrier = picking.sudo().carrier_id
        return {
            "id": parcel.id,
            "delivery": picking.name,
            "number": self._number_of(picking),
            "channel": picking.sudo().ecom_channel_id.name or "",
            "customer": picking.ecom_recipient or picking.partner_id.display_name or "",
            "place": " ".join(
                filter(None, (picking.partner_id.zip, picking.partner_id.city, picking.partner_id.country_id.code))
            ),
            "pickup": picking.ecom_pickup_name or "",
            "collect": bool(picking.ecom_collect_state),
            "note": picking.ecom_note or "",
            "gift": picking.ecom_gift_message or "",
            "carrier": carrier.name or "",
            "gives_labels": carrier._ecom_gives_labels(),
            "has_label": parcel._has_label(),
            "label_words": parcel._label_words()[0] if parcel.label_state in ("failed", "doubt") else "",
            "label_state": parcel.label_state or "",
            "tracking": picking.carrier_tracking_ref or "",
            "weight": parcel._number(parcel.weight) if parcel.weight else "",
            "weight_unit": picking.weight_uom_name or "kg",
            "step": parcel._step(),
            "asks": parcel.asks or "",
            "prompt": self._next_words(parcel),
            "lines": self._describe_lines(parcel),
            "carriers": parcel._carriers().mapped("name") if parcel.asks == "carrier" else [],
            "batch": parcel.batch_id.name or "",
            "batch_done": parcel.batch_id.ecom_shipped_count,
            "batch_total": parcel.batch_id.ecom_order_count,
        }

    def _describe_lines(self, parcel):
        shown = []
        for line in parcel._move_lines():
            product = line.product_id
            expected, scanned = line.quantity_product_uom, line.ecom_scanned
            shown.append(
                {
                    "id": line.id,
                    "picture": product.id if product.with_context(bin_size=True).image_128 else 0,
                    "product": parcel._short_name(product),
                    "sku": product.default_code or "",
                    "barcode": product.barcode or "",
                    "lot": line.lot_id.name or "",
                    "expires": format_date(self.env, line.lot_id.expiration_date)
                    if line.lot_id.expiration_date
                    else "",
                    "place": line.location_id.name,
                    "unit": product.uom_id.name if product.uom_id != self.env.ref("uom.product_uom_unit") else "",
                    "scanned": parcel._number(scanned),
                    "expected": parcel._number(expected),
                    "complete": product.uom_id.compare(scanned, expected) >= 0,
                    "focus": product == parcel.product_id and product.uom_id.compare(scanned, expected) < 0,
                    "short": False,
                }
            )
        for move, quantity in parcel._short().items():
            shown.append(
                {
                    "id": -move.id,
                    "picture": 0,
                    "product": parcel._short_name(move.product_id),
                    "sku": move.product_id.default_code or "",
                    "barcode": move.product_id.barcode or "",
                    "lot": "",
                    "expires": "",
                    "place": "",
                    "unit": "",
                    "scanned": "0",
                    "expected": parcel._number(quantity),
                    "complete": False,
                    "focus": False,
                    "short": True,
                }
            )
        return shown

    def _describe_batches(self):
        return [
            {
                "id": batch.id,
                "name": batch.name,
                "description": batch.description or "",
                "done": batch.ecom_shipped_count,
                "total": batch.ecom_order_count,
            }
            for batch in self._batches()[:12]
        ]

    def _files(self, parcel):
        return [{"id": file.id, "name": file.name, "kind": file.mimetype or ""} for file in parcel.sudo().label_ids]

    def _number_of(self, picking):
        """The number that people know an order by."""
        return picking.sudo().ecom_order_id.number or picking.sale_id.name or picking.name

    def _check_preparer(self):
        if not self.env.user.has_group("ecom_connector.group_preparer"):
            raise AccessError(self.env._("The packing station is for preparers."))
