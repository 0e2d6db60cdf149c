from lxml import etree
from odoo.tests import tagged

from .shop_case import ShopCase
from .translation_case import TranslationMixin

MODULE = "ecom_connector"


@tagged("post_install", "-at_install")
class TestTranslations(TranslationMixin, ShopCase):
    module = MODULE

    def test_a_french_user_sees_french(self):
        env = self.env(context={**self.env.context, "lang": "fr_FR"})
        menus = [env.ref(f"{MODULE}.menu_{name}").name for name in ("dashboard", "orders", "issues", "configuration")]
        self.assertEqual(menus, ["Tableau de bord", "Commandes", "À régler", "Configuration"])
        form = etree.fromstring(env["ecom.channel"].get_view(False, "form")["arch"])
        self.assertEqual(form.find(".//page[@name='choices']").get("string"), "Autres choix")
        self.assertEqual(form.find(".//button[@name='action_connect']").get("string"), "Connecter")
        labels = env["ecom.channel"].fields_get(["warehouse_id", "confirm_policy", "import_from"])
        self.assertEqual(labels["warehouse_id"]["string"], "Entrepôt")
        self.assertIn(
            "Demander à quelqu’un",
            dict(env["ecom.channel"]._fields["product_policy"]._description_selection(env)).values(),
        )
        self.assertEqual(labels["import_from"]["string"], "Commandes depuis le")
        self.assertEqual(env["ecom.issue"].new({"code": "unknown_product"}).remedy, "Utiliser ce produit, ou le créer")
        self.assertEqual(env._("Connect %(channel)s first.", channel="Ma boutique"), "Connectez d’abord Ma boutique.")

    def test_what_a_platform_asks_for_is_french_too(self):
        credential = self.env["ecom.credential"].with_context(lang="fr_FR").new({"key": "consumer_key"})
        credential.channel_id = self.channel
        self.assertEqual(credential.name, "Clé client")
        self.assertIn("Ajouter une clé", credential.help)
