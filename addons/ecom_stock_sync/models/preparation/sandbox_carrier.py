import base64
import json

from odoo import api, fields, models
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.addons.ecom_connector.platforms.errors import PlatformError
from odoo.addons.ecom_connector.platforms.transport import Transport, loopback
from odoo.exceptions import UserError

TIMEOUT = (5, 20)


class DeliveryCarrier(models.Model):
    """A carrier to play with: it speaks to the sandbox, on this machine only, and costs nothing."""

    _inherit = "delivery.carrier"

    delivery_type = fields.Selection(
        selection_add=[("ecom_sandbox", "Sandbox Carrier (training)")], ondelete={"ecom_sandbox": "set default"}
    )
    ecom_sandbox_url = fields.Char(
        string="Sandbox Address", help="Where the sandbox listens, such as http://127.0.0.1:8090. Only this machine."
    )

    @api.depends("delivery_type")
    def _compute_can_generate_return(self):
        result = super()._compute_can_generate_return()
        self.filtered(lambda carrier: carrier.delivery_type == "ecom_sandbox").can_generate_return = True
        return result

    def _ecom_label_keeps_key(self):
        return self.delivery_type == "ecom_sandbox" or super()._ecom_label_keeps_key()

    def ecom_sandbox_rate_shipment(self, order):
        return {
            "success": True,
            "price": self.fixed_price,
            "error_message": False,
            "warning_message": False,
        }

    def ecom_sandbox_send_shipping(self, pickings):
        """Buy a label for each; the sandbox gives the same one again for the same key.

        :raise UserError: with the carrier's words
        """
        return [self._ecom_sandbox_buy(picking) for picking in pickings]

    def _ecom_sandbox_buy(self, picking):
        """A label for each parcel of the delivery; each has a key of its own."""
        key = self.env["ecom.parcel"].sudo()._of(picking)._label_key()
        packages = self._get_packages_from_picking(picking, self.env["stock.package.type"])
        labels = [
            self._ecom_sandbox_call(
                "labels",
                {
                    "key": f"{key}-{number}" if number > 1 else key,
                    "reference": picking.name,
                    "weight": round(package.weight, 3),
                    "pickup_point": picking.ecom_pickup_code or "",
                    "recipient": self._ecom_sandbox_address(picking.partner_id),
                },
            )
            for number, package in enumerate(packages, 1)
        ]
        numbers = ",".join(label["number"] for label in labels)
        prefix = self._get_delivery_label_prefix()
        picking.message_post(
            body=self.env._("Label %(number)s of the sandbox carrier", number=numbers),
            attachments=[(f"{prefix}-{label['number']}.pdf", base64.b64decode(label["label"])) for label in labels],
        )
        return {"exact_price": sum(float(label["price"]) for label in labels), "tracking_number": numbers}

    def ecom_sandbox_get_return_label(self, pickings, _tracking_number, _origin_date):
        """A label for the way back of each, from the customer to the warehouse; for the same parcel, which is one more
        than the receipt has numbers, always the same.

        Nobody weighs what a customer packs: the weight is that of the products, or a token one.
        """
        answers = []
        for picking in pickings:
            database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
            home = picking.picking_type_id.warehouse_id.partner_id or picking.company_id.partner_id
            key, had = f"{database}-return-{picking.id}", picking.carrier_tracking_ref
            label = self._ecom_sandbox_call(
                "labels",
                {
                    "key": f"{key}-{len(had.split(',')) + 1}" if had else key,
                    "reference": picking.origin or picking.name,
                    "weight": round(picking.weight, 3) or 0.1,
                    "recipient": self._ecom_sandbox_address(home),
                },
            )
            name = f"{self.get_return_label_prefix()}-{label['number']}.pdf"
            picking.message_post(
                body=self.env._("Return label %(number)s of the sandbox carrier", number=label["number"]),
                attachments=[(name, base64.b64decode(label["label"]))],
            )
            answers.append({"exact_price": float(label["price"]), "tracking_number": label["number"]})
        return answers

    def ecom_sandbox_get_tracking_link(self, picking):
        """The page of the one parcel, or of each as Odoo keeps several: a list of names and addresses."""
        page = f"{(self.ecom_sandbox_url or '').rstrip('/')}/carrier/track"
        numbers = (picking.carrier_tracking_ref or "").split(",")
        links = [(number, f"{page}/{number}") for number in numbers]
        return json.dumps(links) if len(links) > 1 else links[0][1]

    def ecom_sandbox_cancel_shipment(self, pickings):
        for picking in pickings:
            for number in (picking.carrier_tracking_ref or "").split(","):
                self._ecom_sandbox_call("cancel", {"number": number})

    def _ecom_sandbox_address(self, partner):
        return {
            "name": partner.name or partner.parent_id.name or "",
            "street": partner.street or "",
            "zip": partner.zip or "",
            "city": partner.city or "",
            "country": partner.country_id.code or "",
        }

    def _ecom_sandbox_call(self, page, values):
        if not self.ecom_sandbox_url:
            raise UserError(self.env._("Enter the sandbox's address on the carrier."))
        transport = Transport(timeout=TIMEOUT, retries=0, allow=loopback)
        try:
            answer = transport.request(
                "POST",
                f"{self.ecom_sandbox_url.rstrip('/')}/carrier/{page}",
                json=values,
                idempotent=False,
                classify=self._ecom_sandbox_refusal,
            )
            return answer.json()
        except PlatformError as error:
            if error.in_doubt:
                raise
            raise UserError(in_words(self.env, error)) from error

    def _ecom_sandbox_refusal(self, response):
        """What the carrier says when it refuses: its own words."""
        try:
            return PlatformError("refused", str(response.json()["error"]), status=response.status)
        except (PlatformError, KeyError, TypeError):
            return None
