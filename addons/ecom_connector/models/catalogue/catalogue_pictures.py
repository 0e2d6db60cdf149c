import base64
import hashlib
import time
from urllib.parse import urlsplit

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.image import image_process

from ...decisions import media
from ...platforms.base import PlatformError
from ...platforms.pictures import PictureFetcher
from ...platforms.transport import loopback
from ..channels.channel_lanes import LANE_SECONDS
from ..wording import in_words

PRODUCTS = 20  # shop products whose pictures are looked at in one go
BYTES = 30 * 1024 * 1024  # fetched before it is written down
TRIES = 2  # of a picture that may be there later


class EcomCatalogueImport(models.Model):
    """Bringing pictures: once articles are imported, those of products that have none, a few at a time.

    What is still to be fetched stands on the shop's product, so that a stop or a crash only costs what was under way.
    """

    _inherit = "ecom.catalogue.import"

    bring_pictures = fields.Boolean(
        default=True, help="Products that have no picture get those of the shop. Pictures of yours are never replaced."
    )
    picture_count = fields.Integer(string="Products Awaiting Pictures", compute="_compute_picture_count")

    def _compute_picture_count(self):
        counts = dict(
            self.env["ecom.catalogue.import.product"]._read_group(
                [("import_id", "in", self.ids), ("pictures", "!=", False)], ["import_id"], ["__count"]
            )
        )
        for batch in self:
            batch.picture_count = counts.get(batch, 0)

    # === WHAT IS TO BE FETCHED === #

    def _apply(self, channel, staged):
        result = super()._apply(channel, staged)
        if self.bring_pictures:
            lacking = staged._lacking_pictures()
            for product in staged:
                wanted = [entry for entry in product._pictures_to_bring() if lacking.wants(product, entry)]
                product.pictures = wanted or False
        return result

    def _apply_batch(self, channel, platform):
        waiting = self.env["ecom.catalogue.import.product"]
        if not self._next_products(1):
            waiting = waiting.search([("import_id", "=", self.id), ("pictures", "!=", False)], limit=PRODUCTS)
        if not waiting:
            return super()._apply_batch(channel, platform)
        return self._bring_pictures(channel, waiting)

    def _bring_pictures(self, channel, staged):
        """Fetch for about a second, then write down what came (three steps)."""
        lacking = staged._lacking_pictures()
        left = {product: list(product.pictures) for product in staged}
        found, failed, size = [], [], 0
        until = time.monotonic() + LANE_SECONDS
        fetcher = channel._picture_fetcher()
        channel._before_http()
        try:
            for product, queue in left.items():
                while queue and time.monotonic() < until and size < BYTES:
                    entry = queue.pop(0)
                    if not lacking.still_wants(product, entry):
                        continue
                    try:
                        content = _decoded(fetcher.fetch(entry["url"]).content)
                    except PlatformError as error:
                        tries = entry.get("tries", 0) + 1
                        if error.retry and tries < TRIES:
                            queue.append(entry | {"tries": tries})
                        else:
                            failed.append((product, entry, error))
                    except (UserError, ValueError) as error:
                        failed.append((product, entry, error))
                    else:
                        found.append((product, entry, content))
                        size += len(content)
        finally:
            fetcher.close()

        def store():
            untouched = staged.line_ids._untouched()
            self._keep_pictures(channel, found, lacking)
            for product, queue in left.items():
                product.pictures = queue or False
            # Their pictures are part of the import: undoing it does not take them for a person's change.
            self.env.flush_all()
            untouched.done_at = fields.Datetime.now()
            self._point_out_pictures(channel, failed)
            self._tell_progress()

        return channel._in_transaction(store)

    def _keep_pictures(self, channel, found, lacking):
        """Give products and variants their pictures, and remember which of the shop's pictures they are."""
        written = {}
        further = []
        for product, entry, content in found:
            data = base64.b64encode(content)
            template = lacking.template(product)
            if entry["place"] == "variant":
                variant = lacking.variant(product, entry["variant"])
                variant.image_variant_1920 = data
                written["product.product", "image_variant_1920", variant.id] = entry
            elif entry["place"] == "main":
                template.image_1920 = data
                written["product.template", "image_1920", template.id] = entry
            else:
                further.append((template, entry, data))
        images = self.env["ecom.product.image"].create(
            [
                {
                    "product_tmpl_id": template.id,
                    "image_1920": data,
                    "alt": entry["alt"],
                    "sequence": entry["place"],
                }
                for template, entry, data in further
            ]
        )
        for image, (_template, entry, _data) in zip(images, further, strict=True):
            written["ecom.product.image", "image_1920", image.id] = entry
        self.env.flush_all()
        self.env["ecom.media"]._remember_shops(channel, written)

    def _point_out_pictures(self, channel, failed):
        """One issue for each picture that did not come: the product is here all the same."""
        if not failed:
            return
        Issue = self.env["ecom.issue"]
        wanted = {}
        for product, entry, error in failed:
            key = f"{product.external_id}:{hashlib.sha1(entry['url'].encode()).hexdigest()[:12]}"
            name = product.line_ids[:1].product_id.product_tmpl_id.name or product.line_ids[:1].name
            wanted[key] = {
                "channel_id": channel.id,
                "code": "picture_missing",
                "key": key,
                "message": self.env._(
                    "A picture of “%(product)s” did not come from the shop: %(reason)s Add it to the product by hand, "
                    "or correct it on the shop and fetch it again. %(url)s",
                    product=name,
                    reason=in_words(self.env, error),
                    url=entry["url"][:300],
                ),
                "data": {"staged": product.id, "picture": entry | {"tries": 0}},
            }
        known = Issue.search(
            [
                ("channel_id", "=", channel.id),
                ("code", "=", "picture_missing"),
                ("key", "in", list(wanted)),
                ("state", "=", "open"),
            ]
        )
        for issue in known:
            issue.write({name: wanted[issue.key][name] for name in ("message", "data")})
        Issue.create([values for key, values in wanted.items() if key not in known.mapped("key")])


def _decoded(content):
    """The picture, once it is known that Odoo can show it.

    :raise UserError: for one that is damaged, or of more pixels than Odoo takes
    """
    try:
        image_process(content, size=(128, 128), verify_resolution=True)
    except OSError as error:  # cut off in the middle
        raise ValueError(str(error)) from error
    return content


class Lacking:
    """Which products and variants of some shop products have no picture yet."""

    def __init__(self, templates, variants, bare):
        self._templates, self._variants, self._bare = templates, variants, bare

    def template(self, staged):
        return self._templates.get(staged)

    def variant(self, staged, variant_id):
        return self._variants.get((staged, variant_id))

    def wants(self, staged, entry):
        """Whether a picture is to be brought: further ones to a product that has none at all."""
        if entry["place"] == "variant":
            return self.variant(staged, entry["variant"]) in self._bare["variant"]
        return self.template(staged) in self._bare["main" if entry["place"] == "main" else "further"]

    def still_wants(self, staged, entry):
        """Whether one that was to be brought still is: nobody gave the product another one, or took it away."""
        if entry["place"] in ("main", "variant"):
            return self.wants(staged, entry)
        return bool(self.template(staged))


class EcomCatalogueImportProduct(models.Model):
    _inherit = "ecom.catalogue.import.product"

    pictures = fields.Json(help="What is still to be fetched: address, text, the shop's id, and where it goes.")

    def _pictures_to_bring(self):
        """The product's pictures in order, then those that variants have of their own."""
        document = self._document()
        shown = [
            {"url": image.url, "alt": image.alt, "id": image.external_id, "place": number * 10 if number else "main"}
            for number, image in enumerate(document.images)
        ]
        there = {image.url for image in document.images[:1]}
        own = [
            {
                "url": offer.image.url,
                "alt": offer.image.alt,
                "id": offer.image.external_id,
                "place": "variant",
                "variant": offer.variant_id,
            }
            for offer in document.offers
            if offer.variant_id and offer.image and offer.image.url not in there
        ]
        return shown + own

    def _lacking_pictures(self):
        """:return: :class:`Lacking`, in a constant number of look-ups"""
        templates, variants = {}, {}
        for line in self.line_ids.filtered(lambda line: line.state == "done" and line.product_id):
            templates[line.staged_id] = line.product_id.product_tmpl_id
            variants[line.staged_id, line.external_id or ""] = line.product_id
        Template, Product = self.env["product.template"], self.env["product.product"]
        all_templates = Template.union(*templates.values())
        all_variants = Product.union(*variants.values())
        files = self.env["ecom.listing"]._files(
            {
                ("product.template", "image_1920"): all_templates.ids,
                ("product.product", "image_variant_1920"): all_variants.ids,
            }
        )
        shown = self.env["ecom.product.image"].search([("product_tmpl_id", "in", all_templates.ids)]).product_tmpl_id
        main = {template for template in all_templates if ("product.template", template.id) not in files}
        bare = {
            "main": main,
            "further": {template for template in main if template not in shown},
            "variant": {product for product in all_variants if ("product.product", product.id) not in files},
        }
        return Lacking(templates, variants, bare)


class EcomCatalogueImportLine(models.Model):
    _inherit = "ecom.catalogue.import.line"

    def _untouched(self):
        """The articles whose products are as the import left them."""
        if not self:
            return self
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id
                  FROM ecom_catalogue_import_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE line.id = ANY(%s) AND line.state = 'done'
                   AND GREATEST(product.write_date, template.write_date) <= line.done_at + INTERVAL '2 seconds'
                """,
                self.ids,
            )
        )
        return self.browse(line_id for (line_id,) in rows)


class EcomMedia(models.Model):
    _inherit = "ecom.media"

    def _remember_shops(self, channel, written):
        """Pictures that came from the shop are there already: they are never sent back to it.

        :param written: ``{(model, field, record id): {"id": the shop's, "url": …}}``
        """
        by_field = {}
        for model, field, record_id in written:
            by_field.setdefault((model, field), []).append(record_id)
        if not by_field:
            return
        files = self.env["ecom.listing"]._files(by_field)
        entries = {
            files[model, record_id]: entry
            for (model, _field, record_id), entry in written.items()
            if (model, record_id) in files and entry["id"]
        }
        owners = self._owners(channel, written)
        keys = {(owners.get((file.res_model, file.res_id), 0), file.checksum): file for file in entries}
        known = self._of(channel, keys)
        new = {key: (file, entries[file]) for key, file in keys.items() if key not in known}
        self.create(
            [
                {
                    "channel_id": channel.id,
                    "listing_id": owner or False,
                    "checksum": checksum,
                    "attachment_id": file.id,
                    "name": urlsplit(entry["url"]).path.rsplit("/", 1)[-1] or "image",
                    "mimetype": file.mimetype,
                    "external_id": entry["id"],
                    "url": entry["url"],
                }
                for (owner, checksum), (file, entry) in new.items()
            ]
        )

    def _owners(self, channel, written):
        """``{(model, record id): id of the listing}`` where the shop keeps files with one product."""
        if not channel._platform_class().capabilities.media_of_product:
            return {}
        templates = {}
        for model, _field, record_id in written:
            record = self.env[model].browse(record_id)
            templates[model, record_id] = record if model == "product.template" else record.product_tmpl_id
        wanted = self.env["product.template"].union(*templates.values())
        listings = self.env["ecom.listing"].search(
            [("channel_id", "=", channel.id), ("product_tmpl_id", "in", wanted.ids)]
        )
        by_template = {listing.product_tmpl_id: listing.id for listing in listings}
        return {key: by_template.get(template, 0) for key, template in templates.items()}


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _picture_fetcher(self):
        """What fetches the shop's pictures; of this machine only where the shop is a sandbox on it."""
        capabilities = self._platform_class().capabilities
        neutralised = self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized")
        return PictureFetcher(
            lambda head: found if (found := media.kind(head)) in media.PICTURES else "",
            max_bytes=capabilities.max_media_bytes,
            local=loopback(urlsplit(self.url).hostname or ""),
            allow=loopback if neutralised else None,
        )


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("picture_missing", "Picture did not come")], ondelete={"picture_missing": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        for issue in self.filtered(lambda issue: issue.code == "picture_missing"):
            issue.remedy = self.env._("Fetch it again")
        return result

    def _fix_picture_missing(self, same):
        """Put it on the list again, and go on with the import that it belongs to."""
        for issue in same:
            product = self.env["ecom.catalogue.import.product"].browse(issue.data["staged"]).exists()
            if product:
                product.pictures = [*(product.pictures or []), issue.data["picture"]]
                if product.import_id.state == "done":
                    product.import_id.action_start()
