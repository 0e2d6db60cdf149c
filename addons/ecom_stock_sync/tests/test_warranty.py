from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .lots_case import LotsCase


@tagged("post_install", "-at_install")
class TestWarranty(LotsCase):
    """From the delivery to the last day that is covered, and back."""

    def warranty(self, picking):
        return self.env["ecom.warranty"].search([("picking_id", "=", picking.id)])

    def test_a_serial_is_covered_from_the_day_it_was_shipped(self):
        serial = self.put(self.phone, "SN-1")
        order = self.sell(1, ("PHONE", 1))
        with freeze_time("2026-11-29 10:00:00"):
            picking = self.ship(self.delivery(order))
        warranty = self.warranty(picking)
        self.assertEqual(
            (warranty.lot_id, warranty.partner_id, warranty.order_id, warranty.channel_id, warranty.sale_order_id),
            (serial, order.partner_id, order, self.channel, order.sale_order_id),
        )
        self.assertEqual(
            (warranty.start_date, warranty.months, warranty.end_date, warranty.state),
            (date(2026, 11, 29), 24, date(2028, 11, 29), "held"),
        )
        self.assertEqual((serial.ecom_holder_id, serial.ecom_warranty_until), (order.partner_id, date(2028, 11, 29)))

        self.env.company.partner_id.tz = "Europe/Paris"
        picking.ecom_delivered_at = "2026-12-01 23:30:00"
        self.assertEqual(
            (warranty.start_date, warranty.end_date),
            (date(2026, 12, 2), date(2028, 12, 2)),
            "midnight was over in Paris",
        )

    def test_telling_the_shop_that_it_is_delivered_starts_the_warranty(self):
        self.put(self.phone, "SN-1")
        with freeze_time("2026-11-29 10:00:00"):
            picking = self.ship(self.delivery(self.sell(1, ("PHONE", 1))))
        with freeze_time("2026-12-03 10:00:00"):
            picking.action_ecom_delivered()
        self.assertEqual(self.warranty(picking).start_date, date(2026, 12, 3))

    def test_how_long_by_product_category_and_company(self):
        template = self.phone.product_tmpl_id
        self.assertEqual(template.ecom_warranty_months, 24)
        upper = self.env["product.category"].create({"name": "Électronique", "ecom_warranty_months": 36})
        template.categ_id = self.env["product.category"].create({"name": "Téléphones", "parent_id": upper.id})
        self.assertEqual(template.ecom_warranty_months, 36)
        template.write({"ecom_warranty_rule": "own", "ecom_own_warranty_months": 6})
        self.assertEqual(template.ecom_warranty_months, 6)
        template.ecom_warranty_rule = "none"
        self.assertEqual(self.tea.ecom_warranty_months, 0, "what expires is eaten before")
        self.tea.categ_id = upper
        self.assertEqual(self.tea.ecom_warranty_months, 36, "unless somebody says so")
        self.put(self.phone, "SN-1")
        warranty = self.warranty(self.ship(self.delivery(self.sell(1, ("PHONE", 1)))))
        self.assertEqual((warranty.months, warranty.end_date, warranty.under_warranty), (0, False, False))

    def test_a_return_ends_it_and_another_delivery_begins_a_new_one(self):
        serial = self.put(self.phone, "SN-1")
        first_order = self.sell(1, ("PHONE", 1))
        first = self.ship(self.delivery(first_order))
        self.take_back(first, serial)
        old = self.warranty(first)
        self.assertEqual((old.state, bool(old.back_at), old.under_warranty), ("back", True, False))
        self.assertFalse(serial.ecom_holder_id)
        second_order = self.sell(2, ("PHONE", 1))
        second = self.ship(self.delivery(second_order))
        new = self.warranty(second)
        self.assertEqual((new.lot_id, new.state, old.state), (serial, "held", "back"))
        self.assertEqual(serial.ecom_warranty_id, new)
        self.assertEqual(serial.ecom_warranty_count, 2)

    def test_goods_of_a_lot_come_back_in_part(self):
        lot = self.put(self.tea, "L1", 10, days=60)
        picking = self.ship(self.delivery(self.sell(1, ("TEA", 3))))
        warranty = self.warranty(picking)
        self.assertEqual((warranty.quantity, warranty.lot_id), (3, lot))
        self.take_back(picking, lot, 2)
        self.assertEqual((warranty.quantity_back, warranty.state), (2, "held"))
        back = self.take_back(picking, lot, 1)
        self.assertEqual((warranty.quantity_back, warranty.state), (3, "back"))
        back.move_line_ids._follow_possession()
        self.assertEqual((warranty.quantity_back, warranty.state), (3, "back"), "counted once")
        back.move_line_ids.quantity = 0
        self.assertEqual((warranty.quantity_back, warranty.state), (2, "held"), "a return that is corrected")

    def test_what_was_delivered_before_gets_one_too(self):
        self.put(self.phone, "SN-1")
        self.put(self.phone, "SN-2")
        kept, back = (self.ship(self.delivery(self.sell(number, ("PHONE", 1)))) for number in (1, 2))
        self.take_back(back, back.move_line_ids.lot_id)
        done = kept.move_line_ids | back.move_line_ids
        done.ecom_warranty_ids.unlink()
        done.lot_id.ecom_warranty_id = False
        Warranty = self.env["ecom.warranty"]
        while Warranty._follow_past_deliveries(1)[1]:
            pass
        self.assertEqual(done.ecom_warranty_ids.mapped("state"), ["held", "back"])
        self.assertEqual(kept.move_line_ids.lot_id.ecom_holder_id, kept.sale_id.partner_id)
        self.assertFalse(back.move_line_ids.lot_id.ecom_holder_id)
        self.assertEqual(done.ecom_warranty_ids[0].start_date, kept.company_id._ecom_day(kept.date_done))

        cron = self.env.ref("ecom_stock_sync.cron_past_deliveries")
        cron.active = True
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        cron.invalidate_recordset()
        self.assertFalse(cron.active, "there is nothing left to do, ever")

    def test_many_serials_at_once_cost_no_more_questions(self):
        def ship(number, count):
            for index in range(count):
                self.put(self.phone, f"N{number}-{index}")
            picking = self.delivery(self.sell(number, ("PHONE", count)))
            picking.move_ids.picked = True
            picking._action_done()
            lines = picking.move_line_ids
            lines.ecom_warranty_ids.unlink()
            lines.lot_id.ecom_warranty_id = False
            self.env.flush_all()
            self.env.invalidate_all()
            lines = lines.browse(lines.ids)
            before = self.env.cr.sql_log_count
            lines._follow_possession()
            self.env.flush_all()
            self.assertEqual(len(self.warranty(picking)), count)
            return self.env.cr.sql_log_count - before

        few, many = ship(1, 3), ship(2, 30)
        self.assertLessEqual(many, few + 2)

    def test_what_is_delivered_keeps_its_length(self):
        self.put(self.phone, "SN-1")
        warranty = self.warranty(self.ship(self.delivery(self.sell(1, ("PHONE", 1)))))
        self.phone.product_tmpl_id.write({"ecom_warranty_rule": "own", "ecom_own_warranty_months": 1})
        self.assertEqual(warranty.months, 24)
        warranty.months = 36
        self.assertEqual(warranty.end_date.year, warranty.start_date.year + 3, "a person may extend it")

    def test_warranties_are_found(self):
        serial = self.put(self.phone, "SN-1")
        self.put(self.phone, "SN-2")
        with freeze_time("2020-01-01 10:00:00"):
            old = self.warranty(self.ship(self.delivery(self.sell(1, ("PHONE", 1)))))
        new = self.warranty(self.ship(self.delivery(self.sell(2, ("PHONE", 1)))))
        Warranty = self.env["ecom.warranty"]
        mine = [("product_id", "=", self.phone.id)]
        self.assertEqual(Warranty.search([*mine, ("under_warranty", "=", True)]), new)
        self.assertEqual(Warranty.search([*mine, ("under_warranty", "=", False)]), old)
        self.assertEqual(Warranty.search([*mine, ("under_warranty", "!=", True)]), old)
        self.assertEqual(Warranty.search([("lot_id.name", "=", "SN-1")]).lot_id, serial)
        self.assertEqual(
            new.partner_id.ecom_warranty_count, Warranty.search_count([("partner_id", "=", new.partner_id.id)])
        )
        self.assertIn(new.lot_id, self.env["stock.lot"].search([("ecom_warranty_id.under_warranty", "=", True)]))


@tagged("post_install", "-at_install")
class TestLookup(LotsCase):
    """A customer calls, a serial in hand."""

    def look_up(self, code, user=None):
        env = self.env(user=user) if user else self.env
        form = Form(env["ecom.lot.lookup"])
        form.code = code
        return form

    def test_who_has_it_and_until_when_it_is_covered(self):
        serial = self.put(self.phone, "SN-0815")
        order = self.sell(1, ("PHONE", 1))
        service = new_test_user(self.env, "service", groups="base.group_user,ecom_connector.group_service")
        found = self.look_up("sn-0815", service)
        self.assertEqual((found.lot_id, found.found_count), (serial, 1))
        self.assertIn(self.shelf.display_name, found.place)
        self.assertFalse(found.partner_id)

        picking = self.ship(self.delivery(order))
        found = self.look_up("SN-0815", service)
        self.assertEqual(
            (found.partner_id, found.order_id, found.channel_id, found.warranty_state),
            (order.partner_id, order, self.channel, "covered"),
        )
        self.assertEqual(found.end_date, serial.ecom_warranty_id.end_date)
        self.assertNotIn(self.shelf.display_name, found.place)
        self.assertEqual(len(found.line_ids), 1)

        self.take_back(picking, serial)
        found = self.look_up("SN-0815", service)
        self.assertFalse(found.partner_id)
        self.assertEqual((len(found.warranty_ids), len(found.line_ids)), (1, 2), "its history stays")

    def test_a_part_of_a_serial_lists_those_that_have_it(self):
        self.put(self.phone, "AB_1")
        self.put(self.phone, "ABX1")
        found = self.look_up("AB")
        self.assertEqual((found.found_count, bool(found.lot_id)), (2, False))
        self.assertEqual(self.look_up("AB_1").lot_id.name, "AB_1", "an underscore is no wildcard")
        self.assertEqual(self.look_up("nothing").found_count, 0)

    def test_a_gs1_code_is_read(self):
        self.phone.barcode = "3760000000024"
        serial = self.put(self.phone, "S77")
        self.put(self.tea, "S77")
        self.assertEqual(self.look_up("S77").found_count, 2)
        self.assertEqual(self.look_up("010376000000002421S77").lot_id, serial)


@tagged("post_install", "-at_install")
class TestWhoMay(LotsCase):
    def test_shops_that_call_odoo_see_none_of_it(self):
        lot = self.put(self.phone, "SN-1")
        self.ship(self.delivery(self.sell(1, ("PHONE", 1))))
        user = new_test_user(self.env, "api", groups="ecom_connector.group_api")
        for model in ("ecom.warranty", "ecom.recall", "ecom.recall.customer", "ecom.lot.lookup", "ecom.lot.assign"):
            with self.assertRaises(AccessError):
                self.env(user=user)[model].search([])
        with self.assertRaises(AccessError):
            lot.with_user(user).action_ecom_block()

    def test_another_company_sees_none_of_it(self):
        self.put(self.phone, "SN-1")
        picking = self.ship(self.delivery(self.sell(1, ("PHONE", 1))))
        other = self.env["res.company"].create({"name": "Autre"})
        user = new_test_user(
            self.env,
            "other",
            groups="ecom_connector.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env(user=user)["ecom.warranty"].search([("picking_id", "=", picking.id)]))

    def test_a_preparer_reads_and_service_extends(self):
        self.put(self.phone, "SN-1")
        self.ship(self.delivery(self.sell(1, ("PHONE", 1))))
        warranty = self.env["ecom.warranty"].search([], limit=1)
        preparer = new_test_user(self.env, "preparer", groups="ecom_connector.group_preparer")
        service = new_test_user(self.env, "service", groups="ecom_connector.group_service")
        self.assertTrue(warranty.with_user(preparer).lot_id.name)
        with self.assertRaises(AccessError):
            warranty.with_user(preparer).months = 60
        with self.assertRaises(AccessError):
            warranty.lot_id.with_user(preparer).action_ecom_block()
        warranty.with_user(service).months = 60
        warranty.lot_id.with_user(service).action_ecom_block()
        self.assertTrue(warranty.lot_id.ecom_blocked)
