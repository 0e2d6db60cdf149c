from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestCustomers(ShopCase):
    def test_orders_of_one_account_belong_to_one_contact(self):
        orders = self.receive(woo_order(1, customer_id=7), woo_order(2, customer_id=7))
        self.assertEqual(len(orders.sale_order_ids.partner_id), 1)
        self.assertEqual(orders.sale_order_ids.partner_id.ecom_customer_ids.external_id, "7")
        self.assertEqual(orders.sale_order_ids.partner_id.phone, "+33 6 12 34 56 78")

    def test_a_guest_is_recognised_by_e_mail_however_it_is_typed(self):
        first = self.receive(woo_order(1))
        raw = woo_order(2)
        raw["billing"]["email"] = "Marie@Example.com "
        self.assertEqual(self.receive(raw).sale_order_id.partner_id, first.sale_order_id.partner_id)

    def test_another_address_becomes_a_child_and_the_first_stays(self):
        partner = self.receive(woo_order(1)).sale_order_id.partner_id
        raw = woo_order(2)
        raw["shipping"] |= {
            "first_name": "Léa",
            "address_1": "5 quai du Port",
            "city": "Marseille",
            "postcode": "13002",
        }
        sale_order = self.receive(raw).sale_order_id
        self.assertEqual(sale_order.partner_id, partner)
        self.assertEqual(sale_order.partner_invoice_id, partner)
        self.assertEqual(sale_order.partner_shipping_id.parent_id, partner)
        self.assertEqual(sale_order.partner_shipping_id.type, "delivery")
        self.assertEqual(partner.street, "1 rue de la Paix")
        raw["id"], raw["number"] = 3, "3"
        self.assertEqual(self.receive(raw).sale_order_id.partner_shipping_id, sale_order.partner_shipping_id)

    def test_a_company_is_recognised_by_its_vat_number(self):
        company = self.env["res.partner"].create({"name": "ACME", "is_company": True, "vat": "FR83404833048"})
        raw = woo_order(1, meta_data=[{"key": "_billing_vat_number", "value": "FR83404833048"}])
        raw["billing"] |= {"company": "ACME SARL", "email": "achats@acme.example"}
        sale_order = self.receive(raw).sale_order_id
        self.assertEqual(sale_order.partner_id, company)
        self.assertFalse(company.street, "an existing contact is not overwritten")
        self.assertEqual(sale_order.partner_invoice_id.parent_id, company)

    def test_a_person_who_also_buys_for_a_company_is_two_customers(self):
        raw = woo_order(2, customer_id=7)
        raw["billing"]["company"] = "ACME SARL"
        person, company = (order.sale_order_id.partner_id for order in self.receive(woo_order(1, customer_id=7), raw))
        self.assertFalse(person.is_company)
        self.assertEqual((company.name, company.is_company), ("ACME SARL", True))
        self.assertNotEqual(person, company)

    def test_the_policy_can_refuse_to_recognise_by_e_mail(self):
        self.channel.customer_policy = "account"
        first = self.receive(woo_order(1)).sale_order_id.partner_id
        self.assertNotEqual(self.receive(woo_order(2)).sale_order_id.partner_id, first)
