"""A catalogue's pictures come along, and what is bad about a shop's products stops nothing but itself."""

import base64
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from odoo.tests import tagged

from ..models.catalogue import catalogue_pictures
from .test_catalogue_import import CatalogueCase, woo_product, woo_shirt
from .test_media import picture


class PictureServer:
    """A shop's pictures on 127.0.0.1: ``files`` by path; ``asked`` is what was asked for."""

    def __init__(self):
        self.files, self.asked = {}, []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                service.asked.append(self.path)
                body, headers = service.files.get(self.path, (None, {}))
                self.send_response(200 if body is not None else 404)
                told = {"Content-Type": "image/png", "Content-Length": str(len(body or b""))} | headers
                for name, value in told.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *args):
                """Keep the tests' output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def add(self, path, colour="red", body=None, **headers):
        """The address of a picture that is there from now on."""
        self.files[path] = (base64.b64decode(picture(colour)) if body is None else body, headers)
        return f"{self.url}{path}"


@tagged("post_install", "-at_install")
class TestCataloguePictures(CatalogueCase):
    @classmethod
    def _request_handler(cls, session, request, **options):
        """Odoo's guard of the tests knows time-outs of one number only."""
        if isinstance(options.get("timeout"), tuple):
            options["timeout"] = max(options["timeout"])
        return super()._request_handler(session, request, **options)

    def setUp(self):
        super().setUp()
        self.web = PictureServer()
        self.addCleanup(self.web.stop)
        self.patch(type(self.channel), "_before_http", lambda _channel: None)

    def images(self, *urls):
        return [{"id": 70 + number, "src": url, "alt": f"Text {number}"} for number, url in enumerate(urls)]

    def bring(self, *raws, **values):
        batch = self.staged(*raws, **values)
        self.do(batch)
        return batch

    def product(self, sku):
        return self.env["product.product"].search([("default_code", "=", sku)])

    def issues(self):
        return self.open_issues().filtered(lambda issue: issue.code == "picture_missing")

    def test_pictures_come_along_in_order_with_their_texts(self):
        urls = [self.web.add(f"/{colour}.png", colour) for colour in ("red", "green", "blue")]
        batch = self.bring(woo_product(1, "TEA", images=self.images(*urls)))
        template = self.product("TEA").product_tmpl_id
        self.assertEqual(template.image_1920, picture("red"))
        self.assertEqual(template.ecom_image_ids.mapped("alt"), ["Text 1", "Text 2"])
        self.assertEqual(template.ecom_image_ids.mapped("image_1920"), [picture("green"), picture("blue")])
        self.assertEqual(batch.picture_count, 0)
        media = self.env["ecom.media"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(sorted(media.mapped("external_id")), ["70", "71", "72"], "never sent back to the shop")

    def test_each_variant_gets_its_own_picture(self):
        raw = woo_shirt(3, {"W-S": ("S",), "W-M": ("M",)}, images=self.images(self.web.add("/shirt.png", "white")))
        small, medium = raw["_variants"]
        small["image"] = {"id": 90, "src": self.web.add("/small.png", "yellow"), "alt": ""}
        medium["image"] = raw["images"][0]
        self.bring(raw)
        self.assertEqual(self.product("W-S").image_variant_1920, picture("yellow"))
        self.assertFalse(self.product("W-M").image_variant_1920)
        self.assertEqual(self.product("W-M").image_1920, picture("white"))

    def test_a_picture_of_ours_is_never_replaced(self):
        self.mug.image_1920 = picture("black")
        urls = [self.web.add("/a.png"), self.web.add("/b.png", "green")]
        self.bring(woo_product(1, "MUG", images=self.images(*urls)))
        self.assertEqual(self.mug.image_1920, picture("black"))
        self.assertFalse(self.mug.product_tmpl_id.ecom_image_ids)
        self.assertEqual(self.web.asked, [])

    def test_a_product_of_ours_without_one_gets_the_shops(self):
        self.bring(woo_product(1, "MUG", images=self.images(self.web.add("/a.png"))))
        self.assertEqual(self.mug.image_1920, picture("red"))

    def test_nobody_is_asked_where_no_pictures_are_wanted(self):
        self.bring(woo_product(1, "TEA", images=self.images(self.web.add("/a.png"))), bring_pictures=False)
        self.assertFalse(self.product("TEA").image_1920)
        self.assertEqual(self.web.asked, [])

    def test_a_second_import_fetches_nothing(self):
        raw = woo_product(1, "TEA", images=self.images(self.web.add("/a.png"), self.web.add("/b.png", "green")))
        self.bring(raw)
        self.web.asked.clear()
        self.bring(raw)
        self.assertEqual(self.web.asked, [])
        self.assertEqual(len(self.product("TEA").product_tmpl_id.ecom_image_ids), 1)

    def test_undoing_takes_products_along_whose_pictures_came_later(self):
        batch = self.bring(woo_product(1, "TEA", images=self.images(self.web.add("/a.png"))))
        self.env.cr.execute("UPDATE product_product SET write_date = write_date - INTERVAL '1 minute'")
        batch.action_undo()
        self.run_lane(batch)
        self.assertFalse(self.product("TEA"))

    def test_what_is_bad_about_pictures_is_said_and_the_rest_goes_through(self):
        large = self.web.add("/large.png", **{"Content-Length": str(40 * 1024 * 1024)})
        page = self.web.add("/page.png", body=b"<html><script>1</script></html>")
        torn = self.web.add("/torn.png", body=base64.b64decode(picture("red"))[:30])
        self.bring(
            woo_product(1, "GONE", images=self.images(f"{self.web.url}/gone.png")),
            woo_product(2, "LARGE", images=self.images(large)),
            woo_product(3, "PAGE", images=self.images(page)),
            woo_product(4, "TORN", images=self.images(torn)),
            woo_product(5, "FILE", images=self.images("file:///etc/passwd")),
            woo_product(6, "GOOD", images=self.images(self.web.add("/good.png"))),
        )
        self.assertEqual(self.product("GOOD").image_1920, picture("red"))
        messages = self.issues().mapped("message")
        self.assertEqual(len(messages), 5, messages)
        text = "\n".join(messages)
        for number in (1, 2, 3, 4, 5):
            self.assertIn(f"Product {number}", text)
        for words in ("404", "20 M", "file:///etc/passwd"):
            self.assertIn(words, text)
        for sku in ("GONE", "LARGE", "PAGE", "TORN", "FILE"):
            self.assertTrue(self.product(sku), "the product is here all the same")
            self.assertFalse(self.product(sku).image_1920)

    def test_a_picture_in_a_private_network_is_refused(self):
        """This shop is out in the world, so nothing on this machine is its business."""
        address = self.web.add("/secret.png")
        self.channel.url = "https://shop.example"
        self.bring(woo_product(1, "TEA", images=self.images(address)))
        self.assertFalse(self.product("TEA").image_1920)
        self.assertEqual(self.web.asked, [])
        self.assertIn("/secret.png", self.issues().message)

    def test_a_picture_that_came_too_late_is_fetched_again_by_the_issues_button(self):
        batch = self.bring(woo_product(1, "TEA", images=self.images(f"{self.web.url}/late.png")))
        issue = self.issues()
        self.web.add("/late.png")
        issue.action_fix()
        self.assertEqual((issue.state, batch.state), ("solved", "running"))
        self.run_lane(batch)
        self.assertEqual(self.product("TEA").image_1920, picture("red"))

    def test_the_lane_yields_between_pictures(self):
        """What is still to be fetched stands on the shop's products."""
        urls = [self.web.add(f"/{number}.png", (number, 9, 9)) for number in range(4)]
        batch = self.staged(woo_product(1, "TEA", images=self.images(*urls)))
        batch.action_start()
        channel = self.channel._work_env()
        self.patch(type(channel), "_in_transaction", lambda _channel, work: work())
        self.patch(catalogue_pictures, "LANE_SECONDS", -1)
        for _turn in range(3):
            batch.with_env(channel.env)._apply_batch(channel, None)
        self.env.invalidate_all()
        self.assertEqual((batch.state, batch.picture_count, len(batch.product_ids.pictures)), ("running", 1, 4))
        self.patch(catalogue_pictures, "LANE_SECONDS", 5)
        batch.with_env(channel.env)._apply_batch(channel, None)
        self.env.invalidate_all()
        self.assertEqual((batch.picture_count, len(self.web.asked)), (0, 4))

    # === OTHER BAD INPUT === #

    def test_a_hundred_and_one_attributes_are_taken_as_they_are(self):
        names = tuple(f"Attribute {number}" for number in range(101))
        self.bring(
            woo_shirt(1, {"BIG": tuple("ab"[number % 2] for number in range(101))}, names, name="Big"),
            woo_product(2, "PLAIN", attributes=[{"id": 0, "name": name, "options": ["x"]} for name in names]),
        )
        self.assertEqual(len(self.product("BIG").product_tmpl_id.attribute_line_ids), 101)
        self.assertTrue(self.product("PLAIN"))

    def test_a_comma_in_a_price_stops_that_product_alone(self):
        batch = self.bring(woo_product(1, "ODD", "13,5"), woo_product(2, "EVEN", "13.5"))
        lines = {line.name: line for line in batch.line_ids}
        self.assertEqual((lines["Product 1"].result, lines["Product 2"].state), ("unreadable", "done"))
        self.assertFalse(self.product("ODD"))

    def test_scripts_of_a_shop_run_nowhere(self):
        evil = '<p onclick="alert(1)">Warm</p><script>alert(1)</script><a href="javascript:alert(1)">x</a>'
        self.bring(woo_product(1, "EVIL", description=evil, short_description=evil))
        listing = self.env["ecom.listing"].search([("channel_id", "=", self.channel.id)])
        for text in (listing.description, listing.summary):
            self.assertIn("Warm", text)
            for bad in ("script", "onclick", "javascript"):
                self.assertNotIn(bad, text)
