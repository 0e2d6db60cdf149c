import time
from datetime import date, datetime, timezone
from decimal import Decimal

from odoo import fields, models

from ...platforms.base import PlatformError
from ...platforms.documents import ExchangedDocument, LotDocument, OrderState, ParcelDocument, ShipmentDocument
from ..wording import in_words

# Some shops take a call for each message's note: small batches keep a run of the lane short.
BATCH = 20


class EcomChannel(models.Model):
    """The commands lane: tells the shop what happened here, grouped to the platform's batch size.

    Read and mark as being sent, commit; call; write the answers, commit. A message found as being sent belongs to a
    run that died: it is sent again, which is safe because platforms look for its key before they write.
    """

    _inherit = "ecom.channel"

    def _lane_commands(self, deadline):
        """:return: whether work remains."""
        platform = self._platform("commands")
        for kind in self._command_kinds():
            size = min(platform.capabilities.batch_size, BATCH)
            while commands := self.env["ecom.command"]._due(self, kind, size):
                self._send(platform, kind, commands)
                if time.monotonic() > deadline:
                    return True
        self._wake_for_next_try()
        return False

    def _command_kinds(self):
        """The kinds of messages, in the order in which they are sent."""
        return ("state", "shipment")

    def _send(self, platform, kind, commands):
        command_ids = commands.ids

        def mark():
            commands = self.env["ecom.command"].browse(command_ids)
            for command in commands.filtered(lambda command: not command.payload):
                command.payload = getattr(command, f"_prepare_{kind}_payload")()
            commands.write({"state": "sending"})
            return [command.payload for command in commands]

        payloads = self._in_transaction(mark)
        call = getattr(self, f"_push_{kind}")
        try:
            results = call(platform, payloads)
        except PlatformError as error:
            self._in_transaction(lambda error=error: self._note_missed(command_ids, error))
            raise

        def settle():
            for command, result in zip(self.env["ecom.command"].browse(command_ids), results, strict=True):
                if result.ok:
                    command._succeeded(result.external_id or in_words(self.env, result.message))
                else:
                    command._missed(
                        in_words(self.env, result.message), result.retry or result.in_doubt, result.retry_after
                    )
                command.shipment_id._told(command)
                command._answered(result)
            if platform.capabilities.uses_api:
                commands = self.env["ecom.command"].browse(command_ids)
                commands.filtered(lambda command: command.state == "done")._publish(self)

        self._in_transaction(settle)

    def _note_missed(self, command_ids, error):
        for command in self.env["ecom.command"].browse(command_ids):
            command._missed(in_words(self.env, error), error.retry or error.in_doubt, error.retry_after)

    def _push_state(self, platform, payloads):
        states = [(payload["order"], OrderState(payload["state"])) for payload in payloads]
        return platform.push_states(states, self._state_names())

    def _push_shipment(self, platform, payloads):
        return platform.push_shipments(
            [
                ShipmentDocument(
                    order_id=payload["order"],
                    key=payload["key"],
                    quantities=_counted(payload["quantities"]),
                    exchange=ExchangedDocument(exchange["return"], _counted(exchange["variants"]))
                    if (exchange := payload.get("exchange"))
                    else None,
                    parcels=tuple(
                        ParcelDocument(
                            tracking_number=parcel["number"],
                            carrier=parcel["carrier"],
                            url=parcel["url"],
                            shipped_at=datetime.fromisoformat(parcel["shipped_at"]).replace(tzinfo=timezone.utc),
                        )
                        for parcel in payload["parcels"]
                    ),
                    lots=tuple(
                        LotDocument(
                            line_id=lot["line"],
                            name=lot["name"],
                            quantity=Decimal(str(lot["quantity"])),
                            serial=lot["serial"],
                            expires=date.fromisoformat(lot["expires"]) if lot["expires"] else None,
                        )
                        for lot in payload.get("lots", ())
                    ),
                    complete=payload["complete"],
                    notify_customer=payload["notify"],
                    known=payload["known"],
                    corrects=payload.get("corrects", False),
                    message=payload["message"],
                )
                for payload in payloads
            ]
        )

    def _wake_for_next_try(self):
        """Come back when the next message's time has come."""
        earliest = self.env["ecom.command"].search(
            [
                ("channel_id", "=", self.id),
                ("state", "=", "pending"),
                ("next_try_at", ">", fields.Datetime.now()),
            ],
            order="next_try_at",
            limit=1,
        )
        if earliest:
            self._wake("commands", at=earliest.next_try_at)


def _counted(rows):
    """``[(id, quantity)]`` of a payload with exact quantities."""
    return tuple((key, Decimal(str(quantity))) for key, quantity in rows)
