import re

from odoo import models
from odoo.exceptions import UserError

# Carriers' numbers are letters and digits, perhaps in groups.
TRACKING = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{3,59}")


class EcomStation(models.AbstractModel):
    """What the station's keys do, and what is typed: weight, number, carrier, label."""

    _inherit = "ecom.station"

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
            parcel._fill_last()
            parcel.write({"weight_asked": parcel._is_complete() or parcel.weight_asked, "asks": False})
            return self._answer(parcel, self._next_words(parcel), "good")
        if step == "tracking":
            parcel.write({"tracking_asked": True, "asks": False})
            return self._answer(parcel, self._next_words(parcel), "good")
        return self.press("label" if step == "label" else "ship")

    def _take_weight(self, parcel, kilograms):
        if parcel.label_state == "bought":
            parcel.asks = False
            return self._answer(parcel, self.env._("The label is bought: cancel it to change the weight."), "bad")
        try:
            parcel._weigh(kilograms)
        except UserError as error:
            parcel.asks = False
            return self._answer(parcel, str(error.args[0]), "bad")
        words = self.env._("%(weight)s kilograms.", weight=parcel._number(kilograms))
        return self._answer(parcel, f"{words} {self._next_words(parcel)}", "good")

    def _take_number(self, parcel, text):
        """A tracking number, unless it is known as something else."""
        reading = parcel._reading(text)
        if reading.products or reading.lots or not TRACKING.fullmatch(text):
            return self._answer(parcel, self.env._("Stop: %(code)s is no tracking number.", code=text), "bad")
        parcel._take_number(text)
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

    def _press_full(self, parcel):
        """The parcel is full, and the next one begins; pressed again, it is not full after all."""
        if parcel.label_state in ("asked", "bought", "doubt"):
            raise UserError(self.env._("The label is bought: cancel it to pack the order otherwise."))
        if not parcel._fill_package():
            number = parcel._open_package()
            if not number:
                raise UserError(self.env._("Nothing is in the parcel yet. Escape puts the order aside."))
            parcel.write({"asks": False, "weight_asked": False, "tracking_asked": False})
            words = self.env._("Parcel %(number)s is open again.", number=number)
            return self._answer(parcel, f"{words} {self._next_words(parcel)}", "info")
        parcel.write({"asks": "weight", "tracking_asked": False})
        return self._answer(
            parcel, self.env._("Parcel %(number)s is full. Weigh it.", number=len(parcel._packages())), "good"
        )

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
        parcel._fill_last()
        parcel._buy_label()
        words, tone = parcel._label_words()
        if tone == "good":
            return self._answer(parcel, f"{words} {self._next_words(parcel)}", tone, prints=parcel)
        return self._answer(parcel, words, tone)

    def _press_ship(self, parcel):
        if not parcel._is_complete():
            raise UserError(self.env._("Something is missing. F2 ships what is there."))
        parcel._fill_last()
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
