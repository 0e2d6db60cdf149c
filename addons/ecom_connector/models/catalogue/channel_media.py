import time
from collections import defaultdict

from odoo import fields, models

from ...decisions import media, publishing
from ...platforms.base import PlatformError
from ..channels.channel_lanes import LANE_SECONDS
from ..wording import in_words

FILES = 10  # handed over in one go, of at most so many bytes together
BYTES = 30 * 1024 * 1024
NOT_TOLD = "-"  # no digest: what was not told yet, and is to be


class EcomChannel(models.Model):
    """Handing over pictures and documents: what a listing is about to show is sent before the listing is told."""

    _inherit = "ecom.channel"

    def _send_media(self, platform, listings):
        """Send what the shop lacks, for about a second; the rest comes with the lane's next turn."""
        wanted = self._in_transaction(listings._prepare_media)
        if not platform.can_upload():
            return listings  # the shop fetches them
        until = time.monotonic() + LANE_SECONDS
        waiting = self.env["ecom.media"].union(*wanted.values()).filtered(lambda row: not row._is_settled())
        for batch in waiting._batches():
            files = {row: file for row in batch if (file := row._file())}
            self._before_http()
            results = platform.push_media(list(files.values())) if files else []
            self._in_transaction(lambda: self._note_media(batch, list(files), results))  # noqa: B023 - called at once
            self._rest_if_asked(batch, results)
            if time.monotonic() > until:
                break
        return listings.filtered(
            lambda listing: all(row._is_settled() for row in wanted.get(listing, self.env["ecom.media"]))
        )

    def _rest_if_asked(self, batch, results):
        """:raise PlatformError: what fails for now is sent again later, by a lane that has rested"""
        later = [result.refusal for result in results if result.refusal and result.refusal.retry]
        if later and not all(row._is_settled() for row in batch):
            worst = max(later, key=lambda refusal: refusal.retry_after or 0)
            raise PlatformError(worst.code, worst.message, retry=True, retry_after=worst.retry_after)

    def _note_media(self, batch, sent, results):
        rows = self.env["ecom.media"].union(*sent)
        refused = rows._note_sent(results)
        for row in batch - rows:
            row.refusal = self.env._("The file is damaged, or is not what its type says: save it again.")
            refused[row] = row.refusal
        self._point_out_refused(refused)

    def _point_out_refused(self, refused):
        """:param refused: ``{media: what the shop said}``"""
        self._point_out_media(
            {
                (template, row.checksum): self.env._(
                    "The shop did not take “%(file)s” of “%(product)s”: %(answer)s",
                    file=row.name,
                    product=template.name,
                    answer=answer,
                )
                for row, answer in refused.items()
                for template in row._templates()
            }
        )

    def _note_results(self, told, results, seen):
        """Learn the ids of pictures that the shop fetched, and do without those that it could not show."""
        outcome = super()._note_results(told, results, seen)
        learned, unshown = {}, defaultdict(set)
        parse = self._platform_class().parse_listing
        of_product = self._platform_class().capabilities.media_of_product
        for (listing, (change, _marks)), result in zip(told.items(), results, strict=True):
            if result is None:
                continue
            pictures = [*change.document.images, *(offer.document.image for offer in change.offers)]
            owner = listing._media_owner()
            keys = {(owner, picture.key) for picture in pictures if picture and picture.key}
            refusals = [refusal for refusal in (result.refusal, *result.offers.values()) if refusal]
            if keys and any(refusal.field in ("image", "images") and not refusal.retry for refusal in refusals):
                unshown[in_words(self.env, refusals[0].message)] |= keys
                listing._note_change()  # the product is sold without them
            elif any(picture and picture.key and not picture.external_id for picture in pictures):
                if of_product:
                    listing._tell_pictures_later()
                elif result.raw:
                    shown = _shown_as(change, parse(result.raw), result.variants)
                    learned |= {(owner, checksum): picture for checksum, picture in shown.items()}
        rows = self.env["ecom.media"]._of(self, set(learned).union(*unshown.values()))
        for key, shown in learned.items():
            if key in rows and not rows[key].external_id:
                rows[key].write({"external_id": shown.external_id, "url": shown.url})
        for message, keys in unshown.items():
            mine = self.env["ecom.media"].union(*(rows[key] for key in keys if key in rows))
            self._point_out_refused(dict.fromkeys(mine._note_unshown(message), message))
        return outcome

    # === WHAT CANNOT BE SENT === #

    def _point_out_media(self, problems, of=None, lasting=()):
        """Have an open issue for each of these, in a constant number of look-ups.

        :param problems: ``{(template, checksum): message}``
        :param of: templates whose other problems are over, but for the ``lasting`` ones
        """
        Issue = self.env["ecom.issue"]
        is_open = [("channel_id", "=", self.id), ("code", "=", "media_refused"), ("state", "=", "open")]
        known = {issue.key: issue for issue in Issue.search(is_open)}
        keys = {f"{template.id}:{checksum}": (template, checksum) for template, checksum in problems}
        for key in keys.keys() & known.keys():
            if known[key].message != problems[keys[key]]:
                known[key].message = problems[keys[key]]
        Issue.create(
            [
                {
                    "channel_id": self.id,
                    "code": "media_refused",
                    "key": key,
                    "message": problems[template, checksum],
                    "data": {"template": template.id, "checksum": checksum},
                }
                for key, (template, checksum) in keys.items()
                if key not in known
            ]
        )
        keys |= {f"{template.id}:{checksum}": None for template, checksum in lasting}
        over = [issue for key, issue in known.items() if of and issue.data["template"] in of.ids and key not in keys]
        Issue.union(*over)._solve()


def _shown_as(change, shown, variants):
    """``{checksum: picture on the shop}`` of what was told to be fetched; by place, for a shop renames files.

    :param variants: ``{key of an offer: the shop's id}``, of those that the shop made just now among others
    """
    pairs = []
    if "images" in change.fields and len(shown.images) == len(change.document.images):
        pairs += zip(change.document.images, shown.images, strict=True)
    by_variant = {offer.variant_id: offer.image for offer in shown.offers}
    for offer in change.offers:
        if "image" in offer.fields and offer.document.image:
            variant = variants.get(offer.key) or offer.document.variant_id
            pairs.append((offer.document.image, by_variant.get(variant)))
    return {told.key: got for told, got in pairs if told.key and got and got.external_id}


class EcomMedia(models.Model):
    _inherit = "ecom.media"

    def _batches(self):
        """By number and size, so that neither a call nor the memory grows with a catalogue."""
        batch, size = self.browse(), 0
        for row in self:
            weight = row.attachment_id.sudo().file_size
            if batch and (len(batch) >= FILES or size + weight > BYTES):
                yield batch
                batch, size = self.browse(), 0
            batch |= row
            size += weight
        if batch:
            yield batch

    def _templates(self):
        """The products whose picture or document it is."""
        self.ensure_one()
        file = self.attachment_id.sudo()
        if not file.res_model or file.res_model not in self.env:
            return self.env["product.template"]
        record = self.env[file.res_model].browse(file.res_id).exists()
        return record if record._name == "product.template" else record.product_tmpl_id


class EcomListing(models.Model):
    _inherit = "ecom.listing"

    def _prepare_media(self):
        """``{listing: media that it is about to be told of}``; what cannot be sent becomes an issue."""
        listings = self.with_context(lang=self.channel_id._shop_language()).filtered("kept_up")
        shown, own = listings._shown()
        images, own_images = listings._images()
        listing_fields, offer_fields = self.channel_id._publishes()
        wanted = defaultdict(set)
        for listing, these in shown.items():
            if listing._media_owner() and not listing.external_id:
                continue  # the product is made first
            told = (listing.told or {}).get("images")
            if "images" in listing_fields and (
                (told and told != publishing.digest(tuple(images[listing]))) or not listing.external_id
            ):
                wanted[listing] |= {file.key for file in these.pictures}
            if "description" in listing_fields:
                wanted[listing] |= {file.key for file in these.documents}
        for offer, file in own.items():
            listing = offer.listing_id
            if listing._media_owner() and not listing.external_id:
                continue
            if "image" in offer_fields and (offer.told or {}).get("image") != publishing.digest(own_images.get(offer)):
                wanted[listing].add(file.key)
        listings._point_out_problems(shown, own)
        files = [file for these in shown.values() for file in these.documents]
        listings.env["ecom.media"]._ensure(
            self.channel_id, [file for file in files if not self._sendable(file, media.DOCUMENTS)]
        )
        rows = self.env["ecom.media"]._of(self.channel_id, set().union(*wanted.values()))
        return {
            self.browse(listing.id): self.env["ecom.media"].union(*(rows[key] for key in sorted(keys) if key in rows))
            for listing, keys in wanted.items()
        }

    def _tell_pictures_later(self):
        """The product was just made, on a shop that is sent the files of products which it has: they are next."""
        self.ensure_one()
        self.told = (self.told or {}) | {"images": NOT_TOLD}
        for offer in self.offer_ids.filtered("told"):
            offer.told = offer.told | {"image": NOT_TOLD}
        self._note_change()

    def _point_out_problems(self, shown, own):
        """Say which files shops do not take as they are, and what to do with them; what is over is settled."""
        problems, files = {}, {}
        for listing, these in shown.items():
            pictures = [*these.pictures, *(own[offer] for offer in listing.offer_ids if offer in own)]
            for types, given in ((media.PICTURES, pictures), (media.DOCUMENTS, these.documents)):
                for file in given:
                    key = listing.product_tmpl_id, file.checksum
                    files[key] = file
                    if why := listing._sendable(file, types):
                        problems[key] = listing._problem_in_words(file, why, types)
        rows = self.env["ecom.media"]._of(self.channel_id, {file.key for file in files.values()})
        refused = {key for key, file in files.items() if file.key in rows and rows[file.key].refusal}
        self.channel_id._point_out_media(problems, self.product_tmpl_id, refused)

    def _problem_in_words(self, file, why, types):
        """In the company's language: several people read it."""
        env = self.channel_id._work_env().env
        megabytes = self.channel_id._platform_class().capabilities.max_media_bytes // 2**20
        values = {"product": file.label, "file": file.name}
        if why == "size":
            return env._(
                "“%(file)s” of “%(product)s” has %(size)s MB, and shops take %(limit)s MB at most: make it smaller.",
                size=round(file.size / 2**20, 1),
                limit=megabytes,
                **values,
            )
        if types is media.DOCUMENTS:
            return env._("“%(file)s” of “%(product)s” is no PDF: shops show nothing else. Save it as one.", **values)
        return env._(
            "The picture of “%(product)s” is of a kind that shops refuse (%(kind)s): save it as JPEG, PNG or WebP.",
            product=file.label,
            kind=file.mimetype,
        )


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("media_refused", "Picture or document not sent")], ondelete={"media_refused": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        for issue in self.filtered(lambda issue: issue.code == "media_refused"):
            issue.remedy = self.env._("Send it again")
        return result

    def _fix_media_refused(self, same):
        """The file was replaced, or the shop takes it now."""
        Media = self.env["ecom.media"]
        for channel, issues in same.grouped("channel_id").items():
            checksums = [issue.data["checksum"] for issue in issues]
            rows = Media.search([("channel_id", "=", channel.id), ("checksum", "in", checksums)])
            rows.write({"refusal": False, "tries": 0})
            templates = self.env["product.template"].browse(issue.data["template"] for issue in issues).exists()
            templates.ecom_listing_ids.filtered(
                lambda listing, channel=channel: listing.channel_id == channel
            )._note_change()
