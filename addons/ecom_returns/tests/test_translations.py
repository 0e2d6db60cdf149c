from odoo.addons.ecom_connector.tests.translation_case import TranslationMixin
from odoo.tests import tagged

from .returns_case import ReturnsCase


@tagged("post_install", "-at_install")
class TestTranslations(TranslationMixin, ReturnsCase):
    module = "ecom_returns"
    at_least = 400

    def test_a_french_customer_reads_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        found = self.ask(self.shipped(1), {"MUG": 1})
        found.partner_id.lang = "fr_FR"
        template = self.env.ref("ecom_returns.mail_template_acknowledged")
        body = template._generate_template(found.ids, ["body_html", "subject"])[found.id]
        self.assertIn("nous avons bien reçu votre demande", body["subject"])
        self.assertIn("Votre rétractation du contrat nous est parvenue", body["body_html"])
        arch = self.env.ref("ecom_returns.withdrawal_find").with_context(lang="fr_FR").arch_db
        self.assertIn("Renoncer au contrat ici", arch)
        form = self.env.ref("ecom_returns.return_form").with_context(lang="fr_FR").arch_db
        self.assertIn("Confirmer la rétractation", form)
