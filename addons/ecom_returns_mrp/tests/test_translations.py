from odoo.addons.ecom_connector.tests.translation_case import TranslationMixin
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestTranslations(TranslationMixin, TransactionCase):
    module = "ecom_returns_mrp"
    at_least = 2
