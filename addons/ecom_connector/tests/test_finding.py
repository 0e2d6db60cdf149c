from odoo.tests import new_test_user, tagged

from .shop_case import ShopCase, woo_order

TELEPHONES = ("06 12 34 56 78", "+33612345678", "0033612345678", "06.12.34.56.78", "+33 (0)6 12 34 56 78", "12345678")


@tagged("post_install", "-at_install")
class TestFinding(ShopCase):
    """A customer is on the telephone: one box finds the order, also among sales orders and deliveries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = new_test_user(cls.env, "finder", "base.group_user,ecom_connector.group_service")
        other = woo_order(2042)
        other["billing"] |= {"first_name": "Zoé", "last_name": "Martin", "email": "zoe@example.org", "phone": ""}
        other["shipping"] |= {"first_name": "Zoé", "last_name": "Martin", "phone": "+32 470 12 34 56"}
        cls.order, cls.other = cls().receive(woo_order(1001), other)
        cls.order.sale_order_id.picking_ids.carrier_tracking_ref = "6A21458873015"

    def found(self, typed, model="ecom.order", user=None):
        Model = self.env[model].with_user(user or self.service)
        records = Model.search([("find" if model == "ecom.order" else "ecom_find", "ilike", typed)])
        return records if model == "ecom.order" else records.sudo().ecom_order_id

    def test_by_telephone_however_it_is_typed(self):
        for typed in TELEPHONES:
            self.assertEqual(self.found(typed), self.order, typed)
        self.assertEqual(self.found("0470 12 34 56"), self.other)
        self.assertFalse(self.found("06 99 99 99 99"))

    def test_by_number_name_email_tracking_and_sales_order(self):
        sale = self.order.sale_order_id
        for typed in (
            "1001",
            "#1001",
            "marie@example.com",
            "MARIE@example",
            "durand",
            "Durand Marie",
            "6A21458873015",
            "6A 2145 8873 015",
            sale.name,
        ):
            self.assertEqual(self.found(typed), self.order, typed)
        self.assertEqual(self.found("Martin"), self.other)

    def test_by_the_number_of_a_contact_that_was_given_later(self):
        self.order.sale_order_id.partner_id.phone = "+33 6 98 76 54 32"
        self.assertEqual(self.found("06 98 76 54 32"), self.order)

    def test_from_odoos_own_lists(self):
        for model in ("sale.order", "stock.picking"):
            for typed in ("1001", "06.12.34.56.78", "6A21458873015", "marie@example.com"):
                self.assertEqual(self.found(typed, model), self.order, (model, typed))

    def test_a_sign_of_the_search_language_is_an_ordinary_sign(self):
        for typed in ("%", "_", "10%1", "\\"):
            self.assertFalse(self.found(typed), typed)

    def test_nobody_finds_the_orders_of_a_channel_of_others(self):
        self.channel.user_ids = new_test_user(self.env, "owner", "base.group_user,ecom_connector.group_service")
        self.assertFalse(self.found("06 12 34 56 78"))

    def test_a_storekeeper_without_a_role_in_the_shops_still_searches_deliveries(self):
        keeper = new_test_user(self.env, "keeper", "base.group_user,stock.group_stock_user")
        self.assertEqual(self.found("1001", "stock.picking", keeper), self.order)

    def test_it_is_one_statement(self):
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertTrue(self.env["ecom.order"].search([("find", "ilike", "06 12 34 56 78")]).ids)
