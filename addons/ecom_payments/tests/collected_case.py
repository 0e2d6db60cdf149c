"""What the tests of money that comes in sums start from: a bank, gateways of cheques and carriers, and their lists."""

import base64

from odoo import fields

from .payments_case import PaymentsCase


class CollectedCase(PaymentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].create({"name": "Bank", "type": "bank", "code": "BQUE"})

    def gateway_of(self, kind, method):
        """A gateway of this kind, which collects what the shop calls ``method``."""
        gateway = self._set_up(kind, name=kind)
        mapping = self.channel.mapping_payment_ids.filtered(lambda row: row.code == method)
        values = {"channel_id": self.channel.id, "code": method, "waits_for_money": kind == "cheque"}
        mapping = mapping or self.env["ecom.payment.mapping"].create(values)
        mapping.gateway_id = gateway
        return gateway

    def bank_line(self, amount, label):
        return self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "amount": amount, "payment_ref": label, "date": fields.Date.today()}
        )

    def hand_over(self, gateway, reference, fee=0.0):
        action = gateway.action_hand_over()
        wizard = self.env["ecom.gateway.handover"].with_context(**action["context"]).create({"reference": reference})
        wizard.fee = fee
        return self.env["ecom.payout"].browse(wizard.action_hand_over()["res_id"]), wizard

    def carrier_lists(self, gateway, *numbers, amount="16,80"):
        """Import the carrier's list of what it collected at the door for these orders, and let the lane run."""
        rows = [f"05/11/2026;{number};{amount};0,80;C7\n" for number in numbers]
        data = "Date;Commande;Montant;Frais;Remise\n" + "".join(rows)
        wizard = self.env["ecom.gateway.file"].create(
            {"gateway_id": gateway.id, "file": base64.b64encode(data.encode()), "filename": "c7.csv"}
        )
        wizard.action_read()
        wizard.action_import()
        self.look(gateway)
