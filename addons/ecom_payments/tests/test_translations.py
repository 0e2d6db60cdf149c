from odoo.addons.ecom_connector.tests.translation_case import TranslationMixin
from odoo.tests import tagged

from .payments_case import PaymentsCase


@tagged("post_install", "-at_install")
class TestTranslations(TranslationMixin, PaymentsCase):
    module = "ecom_payments"
    at_least = 300

    def test_an_accountant_reads_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        line = self.env["account.bank.statement.line"].with_context(lang="fr_FR")
        self.assertEqual(line._fields["ecom_reason"]._description_string(line.env), "Pourquoi")
        kinds = dict(self.gateway.transaction_ids.with_context(lang="fr_FR").fields_get(["kind"])["kind"]["selection"])
        self.assertEqual(kinds["dispute"], "Litige")
