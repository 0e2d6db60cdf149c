import re
from collections import Counter

import polib
from lxml import etree
from odoo.tests import tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader

from .shop_case import ShopCase

MODULE = "ecom_connector"
PLACEHOLDER = re.compile(r"%\(\w+\)\w|%[sd%]|\{\{?\w*\}?\}")
TAG = re.compile(r"</?\w+")
UNJOINED = re.compile(r" [:;?!»](?=\s|$|<)|« ")
"""A plain space where French typography wants one that does not break the line."""


@tagged("post_install", "-at_install")
class TestTranslations(ShopCase):
    """Whoever adds a text also gives it in French: in ``i18n/ecom_connector.pot`` and ``i18n/fr.po``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.french = polib.pofile(file_path(f"{MODULE}/i18n/fr.po"))
        cls.template = polib.pofile(file_path(f"{MODULE}/i18n/{MODULE}.pot"))

    def test_every_text_has_its_french_and_none_is_left_over(self):
        texts = {source for _, _, _, _, source, _, _ in TranslationModuleReader(self.env.cr, [MODULE])}
        self.assertGreater(len(texts), 500)
        for name, catalogue in (("fr.po", self.french), (f"{MODULE}.pot", self.template)):
            known = {entry.msgid for entry in catalogue if not entry.obsolete}
            self.assertEqual(sorted(texts - known), [], f"these texts are not in {name}")
            self.assertEqual(sorted(known - texts), [], f"{name} has texts that nothing uses any more")
            self.assertEqual([entry.msgid for entry in catalogue if entry.obsolete], [])

    def test_french_is_complete_and_fits_the_english(self):
        for entry in self.french:
            with self.subTest(text=entry.msgid):
                self.assertTrue(entry.msgstr.strip(), "no French")
                self.assertFalse(entry.fuzzy, "a guess that nobody has confirmed")
                for what in (PLACEHOLDER, TAG):
                    self.assertEqual(Counter(what.findall(entry.msgstr)), Counter(what.findall(entry.msgid)))
                self.assertNotRegex(entry.msgstr, UNJOINED, "use a non-breaking space")
                self.assertEqual(entry.msgstr.endswith("."), entry.msgid.endswith("."))

    def test_each_text_knows_where_it_is_used(self):
        """Odoo finds the records that a translation belongs to by these places."""
        expected = {entry.msgid: set(entry.occurrences) for entry in self.template}
        self.assertFalse([text for text, places in expected.items() if not places])
        for entry in self.french:
            self.assertEqual(set(entry.occurrences), expected[entry.msgid], entry.msgid)

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
