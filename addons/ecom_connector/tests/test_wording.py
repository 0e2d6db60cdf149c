import ast
import re
from pathlib import Path
from unittest.mock import patch

import polib
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..models.wording import in_words
from ..platforms.errors import PlatformError
from ..platforms.failures import failure_of_answer
from ..platforms.transport import Response, Transport
from ..platforms.woocommerce.client import WooClient, error_of_answer, refusal
from ..platforms.words import Words
from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestWording(ShopCase):
    """What platforms say reaches a French merchant in French, although they know no language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.channel.company_id.partner_id.lang = "fr_FR"
        cls.work = cls.channel._work_env()

    def test_an_order_that_cannot_be_read_is_explained_in_french(self):
        raw = woo_order(7, currency="")
        raw["line_items"][0]["total"] = "dix"
        self.work.env["ecom.order"]._stage(self.work, [raw], {})
        message = self.open_issues().message
        self.assertIn("line_items[0].total\N{NBSP}: 'dix' n’est pas un nombre", message)
        self.assertNotRegex(message, r"\bis no\b|\bcannot\b")

    def test_a_flow_that_fails_says_why_in_french(self):
        self.work._note_failure("orders", failure_of_answer(503, {}, idempotent=True))
        self.assertEqual(self.channel.last_error, "La boutique est indisponible (503).")
        flows = self.channel.with_context(lang="fr_FR").kanban_dashboard["flows"]
        (words,) = [flow["words"] for flow in flows if flow["flow"] == "orders"]
        self.assertIn("La boutique est indisponible (503).", words)

    def test_the_shop_s_own_words_are_quoted_inside_a_french_sentence(self):
        error = PlatformError("gone", refusal("Invalid ID.", 404), status=404)
        order = self.receive(woo_order(8))
        self.work.env["ecom.command"].search([("order_id", "=", order.id)]).unlink()
        command = self.work.env["ecom.command"].create(
            {"channel_id": self.channel.id, "order_id": order.id, "kind": "state", "value": "completed", "key": "k"}
        )
        self.work._note_missed(command.ids, error)
        self.assertEqual(command.last_answer, "La boutique refuse\N{NBSP}: «\N{NBSP}Invalid ID.\N{NBSP}»")
        self.assertIn(command.last_answer, self.open_issues(order).message)

    def test_a_bad_key_is_explained_in_its_reader_s_language(self):
        body = b'{"code": "woocommerce_rest_authentication_error", "message": "Consumer key is invalid."}'
        refused = error_of_answer(Response(401, {}, body))
        french, english = (self.channel.with_context(lang=lang) for lang in ("fr_FR", "en_US"))
        with (
            patch.object(WooClient, "request", side_effect=refused),
            patch.object(Transport, "request", side_effect=refused),
        ):
            with self.assertRaisesRegex(UserError, "La boutique refuse la clé. Copiez") as caught:
                french.action_test_connection()
            self.assertIn("«\N{NBSP}Consumer key is invalid.\N{NBSP}»", str(caught.exception))
            with self.assertRaisesRegex(UserError, "The shop refuses the key. Copy"):
                english.action_test_connection()

    def test_sentences_inside_sentences_are_translated_too(self):
        env = self.work.env
        inner = Words("%(field)s: absent", {"field": "currency"}, "ecom_connector")
        said = Words("order %(id)s: %(error)s", {"id": "12", "error": inner}, "ecom_connector")
        self.assertEqual(said, "order 12: currency: absent")
        self.assertEqual(in_words(env, ValueError(said)).replace("\N{NBSP}", " "), "commande 12 : currency : absent")
        self.assertEqual(in_words(env, "Invalid ID."), "Invalid ID.")

    def test_states_of_the_shop_are_words(self):
        order = self.receive(woo_order(9)).with_context(lang="fr_FR")
        self.assertEqual((order.shop_state, order.shop_state_label), ("processing", "En cours"))
        self.assertEqual(order.sale_order_id.ecom_shop_state, "En cours")
        order.shop_state = "wc-chez-le-relais".removeprefix("wc-")
        self.assertEqual(order.shop_state_label, "Chez le relais", "what a merchant made up is read as it is written")
        self.env["ecom.order"]._mark_gone(self.channel, ["9"])
        self.assertEqual(order.shop_state_label, "Supprimée de la boutique")

    def test_lanes_are_named_in_the_company_s_language(self):
        self.channel.name = "Ma boutique"
        names = self.channel.cron_ids.mapped("name")
        self.assertIn("E-commerce\N{NBSP}: Ma boutique (Commandes)", names)

    def test_no_platform_says_a_bare_english_sentence(self):
        """Whatever a platform raises or answers is marked for translation, so that the completeness test sees it."""
        bare = []
        folder = Path(file_path("ecom_connector/platforms"))
        for path in folder.rglob("*.py"):
            if path.name == "budget.py" or path.parts[-2:] == ("external", "check.py"):
                continue  # budget's own ValueError is for programmers; the API's problems are for programs
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("PlatformError", "ValueError"):
                    bare += [f"{path.name}:{part.lineno}" for part in node.args[-1:] if _is_sentence(part)]
                elif isinstance(node, ast.keyword) and node.arg == "message" and _is_sentence(node.value):
                    bare.append(f"{path.name}:{node.value.lineno}")
        self.assertEqual(bare, [])
        french = {entry.msgid for entry in polib.pofile(file_path("ecom_connector/i18n/fr.po"))}
        self.assertIn("The shop closed the connection.", french)
        self.assertIsInstance(failure_of_answer(500, {}, idempotent=True).message, Words)


def _is_sentence(node):
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(re.search(r"\w \w", node.value))
