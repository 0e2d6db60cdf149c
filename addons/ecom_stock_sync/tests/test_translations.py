from odoo.addons.ecom_connector.tests.translation_case import TranslationMixin
from odoo.tests import tagged

from .stock_case import StockCase


@tagged("post_install", "-at_install")
class TestTranslations(TranslationMixin, StockCase):
    module = "ecom_stock_sync"

    def test_a_french_user_sees_french(self):
        env = self.env(context={**self.env.context, "lang": "fr_FR"})
        names = [env.ref(f"{self.module}.menu_{name}").name for name in ("stock_levels", "stock_rules")]
        self.assertEqual(names, ["Stock par offre", "Règles de stock"])
        self.catch_up()
        sentence = self.level(self.mug_offer).with_context(lang="fr_FR").sentence
        self.assertEqual(sentence, "100 en stock = 100")
