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

    def test_a_company_s_name_stands_once_on_the_parcel_and_the_place_is_recognised(self):
        raw = woo_order(1, customer_id=7)
        raw["billing"] |= {"company": "ACME SARL"}
        raw["shipping"] |= {"company": "ACME SARL", "first_name": "Léa", "city": "Marseille", "postcode": "13002"}
        sale = self.receive(raw).sale_order_id
        place = sale.partner_shipping_id
        self.assertEqual((place.parent_id, place.display_name), (sale.partner_id, "ACME SARL, Léa Durand"))
        self.assertEqual(sale.partner_invoice_id, sale.partner_id)
        address = place._ecom_address()
        self.assertEqual((address.company, address.name), ("ACME SARL", "Léa Durand"), "the shop is told both")
        self.assertEqual(self.receive(raw | {"id": 2, "number": "2"}).sale_order_id.partner_shipping_id, place)
        place.name = "ACME SARL, Léa Durand"  # as a person may have written it
        self.assertEqual(self.receive(raw | {"id": 3, "number": "3"}).sale_order_id.partner_shipping_id, place)
        self.assertEqual((place._ecom_address(), place.display_name), (address, "ACME SARL, Léa Durand"))
        raw["billing"] |= {"address_1": "9 rue Neuve"}
        invoiced = self.receive(raw | {"id": 4, "number": "4"}).sale_order_id.partner_invoice_id
        self.assertEqual((invoiced.parent_id, invoiced.display_name), (sale.partner_id, "ACME SARL, Marie Durand"))
        self.assertEqual(self.receive(raw | {"id": 5, "number": "5"}).sale_order_id.partner_invoice_id, invoiced)

    def test_a_person_may_have_a_parcel_sent_to_a_company(self):
        raw = woo_order(1)
        raw["shipping"] |= {"company": "ACME SARL", "city": "Marseille", "postcode": "13002"}
        place = self.receive(raw).sale_order_id.partner_shipping_id
        self.assertEqual((place.type, place.display_name), ("delivery", "ACME SARL, Marie Durand"))
        self.assertEqual(self.receive(raw | {"id": 2, "number": "2"}).sale_order_id.partner_shipping_id, place)
        place.company_name = "ACME SARL"  # as the wizard notes it, for the shop
        self.assertEqual((place._ecom_address().name, place.display_name), ("Marie Durand", "ACME SARL, Marie Durand"))
        self.assertEqual(self.receive(raw | {"id": 3, "number": "3"}).sale_order_id.partner_shipping_id, place)
        raw["shipping"] |= {"company": "", "city": "Lyon", "postcode": "69001"}
        home = self.receive(raw | {"id": 4, "number": "4"}).sale_order_id.partner_shipping_id
        self.assertEqual((home.parent_id, home.display_name), (place.parent_id, "Marie Durand"))
