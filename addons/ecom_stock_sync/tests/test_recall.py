from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .lots_case import LotsCase


@tagged("post_install", "-at_install")
class TestRecall(LotsCase):
    """A supplier calls a lot back."""

    def sell_to(self, number, email, name, *lines, **changes):
        address = {
            "first_name": name,
            "last_name": "Test",
            "company": "",
            "address_1": f"{number} rue X",
            "address_2": "",
            "city": "Paris",
            "state": "",
            "postcode": "75002",
            "country": "FR",
            "phone": "",
        }
        return self.sell(number, *lines, billing=address | {"email": email}, shipping=address, **changes)

    def begin(self, *lots):
        action = self.env["stock.lot"].union(*lots).action_ecom_recall()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_every_customer_order_and_channel_that_got_it(self):
        bad = self.put(self.tea, "BAD", 20, days=20)
        self.put(self.tea, "GOOD", 20, days=60)
        first = self.sell_to(1, "anne@example.com", "Anne", ("TEA", 2))
        again = self.sell_to(2, "anne@example.com", "Anne", ("TEA", 1))
        second = self.sell_to(3, "bob@example.com", "Bob", ("TEA", 4))
        for order in (first, again, second):
            self.ship(self.delivery(order))
        self.take_back(second.sale_order_id.picking_ids, bad, 4)
        bad.ecom_blocked = True
        spared = self.sell_to(4, "eve@example.com", "Eve", ("TEA", 1))
        self.ship(self.delivery(spared))

        recall = self.begin(bad)
        by_name = {customer.partner_id.name: customer for customer in recall.customer_ids}
        self.assertEqual(set(by_name), {"Anne Test", "Bob Test"}, "Eve got another lot")
        anne, bob = by_name["Anne Test"], by_name["Bob Test"]
        self.assertEqual(anne.order_ids, first | again)
        self.assertEqual((anne.channel_ids, anne.quantity, anne.quantity_left), (self.channel, 3, 3))
        self.assertEqual((bob.quantity, bob.quantity_left), (4, 0))
        self.assertEqual((recall.customer_count, recall.quantity_out), (2, 3))
        recall.action_refresh()
        self.assertEqual(len(recall.customer_ids), 2, "looking again changes nothing")

    def test_it_is_named_in_the_company_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.tea.with_context(lang="fr_FR").name = "Thé vert bio"
        self.tea.with_context(lang="en_US").name = "Green tea"
        self.env.company.partner_id.lang = "fr_FR"
        recall = self.begin(self.put(self.tea, "BAD", 1, days=20))
        self.assertIn("Thé vert bio", recall.with_context(lang="en_US").name)

    def test_many_customers_cost_no_more_questions(self):
        def cost(name, count):
            lot = self.put(self.tea, name, count, days=20)
            for index in range(count):
                number = len(name) * 100 + index
                self.ship(
                    self.delivery(self.sell_to(number, f"{name}{index}@example.com", f"{name}{index}", ("TEA", 1)))
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            recall = self.env["ecom.recall"].create({"lot_ids": [Command.set(lot.ids)]})
            self.env.flush_all()
            self.assertEqual(len(recall.customer_ids), count)
            return self.env.cr.sql_log_count - before

        few, many = cost("A", 2), cost("BB", 8)
        self.assertLessEqual(many, few + 3)

    def test_blocking_gives_other_goods_to_those_who_wait(self):
        bad = self.put(self.tea, "BAD", 5, days=20)
        self.put(self.tea, "GOOD", 3, days=60)
        first = self.delivery(self.sell(1, ("TEA", 3)))
        second = self.delivery(self.sell(2, ("TEA", 2)))
        self.assertEqual((self.reserved(first), self.reserved(second)), ({"BAD": 3}, {"BAD": 2}))
        recall = self.begin(bad)
        recall.action_block()
        self.assertEqual((recall.state, recall.blocked), ("open", True))
        self.assertEqual(self.reserved(first), {"GOOD": 3})
        self.assertEqual((self.reserved(second), second.move_ids.state), ({}, "confirmed"))
        self.assertEqual(recall.picking_ids, second, "there is nothing else to send: listed for a person")
        self.assertTrue(second.activity_ids)
        self.assertFalse(first.activity_ids, "nobody had begun it")
        quants = self.env["stock.quant"].search([("lot_id", "=", bad.id), ("location_id.usage", "=", "internal")])
        self.assertEqual(sum(quants.mapped("reserved_quantity")), 0)

        recall.action_unblock()
        self.assertEqual(self.reserved(second), {"BAD": 2})
        self.assertFalse(recall.blocked)

    def test_what_is_in_a_parcel_is_left_there_and_pointed_out(self):
        bad = self.put(self.phone, "SN-1")
        self.put(self.phone, "SN-2")
        picking = self.delivery(self.sell(1, ("PHONE", 1)))
        picking.move_ids.picked = True
        bad.action_ecom_block()
        self.assertEqual(self.reserved(picking), {"SN-1": 1})
        self.assertIn("SN-1", picking.activity_ids.summary)
        self.assertIn(picking, self.begin(bad).picking_ids)
        with self.assertRaisesRegex(UserError, "SN-1 (is blocked|est bloqué)"):
            picking._action_done()

    def test_what_somebody_put_aside_is_left_alone(self):
        bad = self.put(self.tea, "BAD", 5, days=20)
        quarantine = self.env["stock.location"].create(
            {"name": "Quarantaine", "location_id": self.shelf.location_id.id}
        )
        aside = self.env["stock.picking"].create(
            {
                "picking_type_id": self.channel.warehouse_id.int_type_id.id,
                "location_id": self.shelf.id,
                "location_dest_id": quarantine.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.tea.id,
                            "product_uom_qty": 5,
                            "location_id": self.shelf.id,
                            "location_dest_id": quarantine.id,
                        },
                    )
                ],
            }
        )
        aside.action_confirm()
        aside.action_assign()
        self.assertEqual(self.reserved(aside), {"BAD": 5})
        bad.action_ecom_block()
        self.assertEqual(self.reserved(aside), {"BAD": 5})
        self.ship(aside)
        self.assertEqual(bad.location_id, quarantine)

    def test_a_blocked_lot_goes_back_to_its_supplier(self):
        bad = self.put(self.tea, "BAD", 5, days=20)
        bad.action_ecom_block()
        warehouse = self.channel.warehouse_id
        supplier = self.env.ref("stock.stock_location_suppliers")
        goods = {"product_id": self.tea.id, "product_uom_qty": 5}
        way = {"location_id": self.shelf.id, "location_dest_id": supplier.id}
        picking = self.env["stock.picking"].create(
            {"picking_type_id": warehouse.out_type_id.id, "move_ids": [Command.create(goods | way)], **way}
        )
        picking.action_confirm()
        picking.action_assign()
        self.assertEqual(self.reserved(picking), {"BAD": 5})
        self.ship(picking)
        self.assertFalse(bad.ecom_warranty_ids, "a supplier is no customer")

    def test_what_became_of_it_is_recalled_too(self):
        """Goods of a recalled lot were put into others, which were sold."""
        bad, made = self.put(self.tea, "BAD", 5), self.put(self.phone, "SN-1")
        self.ship(self.delivery(self.sell(1, ("PHONE", 1))))
        move = self.env["stock.move"].create(
            {
                "product_id": self.tea.id,
                "product_uom_qty": 1,
                "location_id": self.shelf.id,
                "location_dest_id": self.tea.property_stock_production.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        used = move.move_line_ids
        used.move_id.picked = True
        used.move_id._action_done()
        used.produce_line_ids = made.ecom_warranty_id.move_line_id
        recall = self.begin(bad)
        self.assertEqual(recall.customer_ids.lot_ids, made)

    def test_customers_are_written_to_in_their_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("ecom_stock_sync.mail_template_recall")
        template.with_context(lang="fr_FR").subject = "Rappel : {{ object.lot_ids[:1].name }}"
        bad = self.put(self.tea, "BAD", 20, days=20)
        for number, (name, email) in enumerate(
            [("Anne", "anne@example.com"), ("Bob", "bob@example.com"), ("Cid", "")], start=1
        ):
            order = self.sell_to(number, email, name, ("TEA", 1))
            self.ship(self.delivery(order))
            order.partner_id.lang = "fr_FR" if name == "Anne" else "en_US"
        recall = self.begin(bad)
        recall.with_context(lang="en_US").instructions = "Send it back."
        recall.with_context(lang="fr_FR").instructions = "Renvoyez-le."
        service = new_test_user(self.env, "service", groups="ecom_connector.group_service", email="service@example.com")
        action = recall.with_user(service).action_write()
        composer = Form(self.env["mail.compose.message"].with_user(service).with_context(**action["context"])).save()
        composer.action_send_mail()
        told = recall.customer_ids.filtered("told_at")
        self.assertEqual(set(told.mapped("partner_id.name")), {"Anne Test", "Bob Test"})
        mails = self.env["mail.mail"].search([("model", "=", "ecom.recall.customer"), ("res_id", "in", told.ids)])
        by_person = {mail.recipient_ids.name: mail for mail in mails}
        self.assertEqual(by_person["Anne Test"].subject, "Rappel : BAD")
        self.assertIn("Renvoyez-le", by_person["Anne Test"].body_html)
        self.assertIn("recall of Thé vert", by_person["Bob Test"].subject)
        self.assertIn("Send it back", by_person["Bob Test"].body_html)
        with self.assertRaisesRegex(UserError, "nobody left|reste personne"):
            recall.action_write()

        cid = recall.customer_ids - told
        self.assertFalse(cid.email)
        cid.with_user(service).action_told()
        self.assertEqual(recall.told_count, 3)

    def test_a_return_during_the_recall_is_counted(self):
        bad = self.put(self.phone, "SN-1")
        picking = self.ship(self.delivery(self.sell(1, ("PHONE", 1))))
        recall = self.begin(bad)
        recall.action_block()
        self.take_back(picking, bad)
        recall.action_refresh()
        self.assertEqual((recall.quantity_out, recall.quantity_here), (0, 1))
        self.assertTrue(bad.ecom_blocked, "back in stock, and not for sale")
        self.assertFalse(self.reserved(self.delivery(self.sell(2, ("PHONE", 1)))))

    def test_the_shop_shows_none_of_a_blocked_lot(self):
        """What the channel shows is computed elsewhere; that it is asked to, is told here."""
        lot = self.put(self.phone, "SN-1")
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env["ecom.stock.change"].search([]).unlink()
        lot.action_ecom_block()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn(self.phone, self.env["ecom.stock.change"].search([]).product_id)
