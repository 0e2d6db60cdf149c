from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...calculations.scanning import ACCEPTED, times, weight

KEYS = ("missing", "full", "tracking", "carrier", "weight", "label", "ship", "aside", "back")


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
            return self._take_weight(parcel, kilograms)
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

    def _check_preparer(self):
        if not self.env.user.has_group("ecom_connector.group_preparer"):
            raise AccessError(self.env._("The packing station is for preparers."))
