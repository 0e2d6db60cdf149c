import logging
from datetime import timedelta

import requests
from odoo import fields, models
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.addons.ecom_connector.platforms.errors import PlatformError
from odoo.exceptions import UserError, ValidationError

from .parcel import LABEL_PATIENCE

_logger = logging.getLogger(__name__)


class EcomParcel(models.Model):
    """The label of a parcel: bought once, printed as often as needed.

    Odoo's own ``send_to_shipper`` calls the carrier and writes number, price and label in one go, so the call cannot be
    taken out of a transaction. What can be done is done: everything before is committed first, and the transaction
    around the call locks nothing but its parcel and delivery. Without those locks somebody else's change of the
    delivery would undo the number of a label that is paid for.

    A mark is committed before the call. Whoever finds it, such as a second press, another station, or Odoo when it
    repeats a request after a conflict, does not buy again.
    """

    _inherit = "ecom.parcel"

    def _buy_label(self):
        """Buy the label, unless there is one; what went wrong is on the parcel, which stays open."""
        self.ensure_one()
        if self._has_label() or self._label_is_awaited():
            return
        if self.label_state == "asked" and not self.carrier_id._ecom_label_keeps_key():
            self._doubt(self.env._("The answer was lost."))
            return
        self.write({"label_state": "asked", "label_asked_at": fields.Datetime.now(), "label_error": False})
        self._before_http()
        try:
            with self.env.cr.savepoint():
                self.lock_for_update(allow_referencing=True)
                self.picking_id.lock_for_update(allow_referencing=True)
                label_ids = self._call_carrier()
        except (UserError, requests.exceptions.ConnectTimeout) as error:
            self.write({"label_state": "failed", "label_error": self._words_of(error)})
        except Exception as error:
            # Anything may have happened on the carrier's side: a person looks before another label is paid for.
            _logger.exception("Parcel %s: its label is in doubt", self.picking_id.name)
            self._doubt(self._words_of(error))
        else:
            self.write({"label_state": "bought", "label_ids": [fields.Command.set(label_ids)]})

    def _call_carrier(self):
        """Have Odoo buy the label.

        :return: the ids of the files that the carrier's module attached to the delivery
        """
        before = self._files()
        self.picking_id.sudo().with_context(ecom_parcel_buys=True).send_to_shipper()
        return (self._files() - before).ids

    def _files(self):
        """What is attached to the delivery."""
        domain = [("res_model", "=", "stock.picking"), ("res_id", "=", self.picking_id.id)]
        return self.env["ir.attachment"].sudo().search(domain)

    def _before_http(self):
        """End the transaction: neither snapshot nor lock is held while the carrier thinks, but what buying takes."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _label_is_awaited(self):
        """Whether somebody is buying the label right now."""
        patience = fields.Datetime.now() - timedelta(seconds=LABEL_PATIENCE)
        return self.label_state == "asked" and self.label_asked_at > patience

    def _check_no_doubt(self):
        """Elsewhere in Odoo no label is bought while nobody knows whether there is one.

        :raise UserError: when one is being bought, or may have been
        """
        for parcel in self:
            doubtful = parcel.label_state == "asked" or (
                parcel.label_state == "doubt" and not parcel.carrier_id._ecom_label_keeps_key()
            )
            if doubtful and not parcel.picking_id.carrier_tracking_ref:
                raise UserError(
                    self.env._(
                        "A label of %(carrier)s is being bought for %(delivery)s, or may have been: settle it at the "
                        "packing station, or enter its tracking number here.",
                        carrier=parcel.carrier_id.name,
                        delivery=parcel.picking_id.name,
                    )
                )

    def _doubt(self, words):
        self.write({"label_state": "doubt", "label_error": words})

    def _words_of(self, error):
        """What the carrier said, without Python's wrapping."""
        if isinstance(error, (UserError, ValidationError)):
            return str(error.args[0] if error.args else error)
        if isinstance(error, requests.exceptions.RequestException):
            return self.env._("%(carrier)s did not answer.", carrier=self.carrier_id.name)
        if isinstance(error, PlatformError):
            return in_words(self.env, error)
        return str(error) or type(error).__name__

    def _forget_label(self):
        """The label was cancelled: the next one is another one."""
        for parcel in self:
            parcel.write(
                {
                    "label_state": False,
                    "label_error": False,
                    "label_ids": [fields.Command.clear()],
                    "label_round": parcel.label_round + 1,
                }
            )

    def _label_key(self):
        """What a carrier's service may keep, so that the same parcel is never paid for twice."""
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return f"{database}-{self.picking_id.id}-{self.label_round}"

    # === WORDS === #

    def _label_words(self):
        """What is said of the label: the sentence, and its tone."""
        env, carrier = self.env, self.carrier_id.name
        if self.label_state == "bought" or self._has_label():
            number = self.picking_id.carrier_tracking_ref or ""
            return env._("Label of %(carrier)s: %(number)s.", carrier=carrier, number=number), "good"
        if self.label_state == "asked":
            return env._("The label is being bought. Wait a moment."), "info"
        if self.label_state == "doubt" and self.carrier_id._ecom_label_keeps_key():
            return env._(
                "%(words)s F8 asks %(carrier)s again: if the label was bought, it is the same one.",
                words=self.label_error or "",
                carrier=carrier,
            ), "bad"
        if self.label_state == "doubt":
            return env._(
                "%(words)s A label of %(carrier)s may have been bought: look there. F4 takes its number, F8 buys "
                "another one.",
                words=self.label_error or "",
                carrier=carrier,
            ), "bad"
        return env._("%(carrier)s gives no label: %(words)s", carrier=carrier, words=self.label_error or ""), "bad"
