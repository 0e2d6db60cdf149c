from urllib.parse import quote

from odoo import api, fields, models
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ...decisions import media
from ...platforms.publishing import MediaFile
from ..wording import in_words

TRIES = 3  # of a file whose upload fails for now, before a person is asked


class EcomMedia(models.Model):
    """A picture or document as a channel has it: its content, known by its checksum, is handed over once.

    A shop that keeps a file with one product (``media_of_product``) is handed it once for each of them.
    """

    _name = "ecom.media"
    _description = "Picture or Document on a Channel"
    _rec_name = "name"

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    listing_id = fields.Many2one(
        "ecom.listing", ondelete="cascade", index="btree_not_null", help="Whose it is, where the shop asks that."
    )
    checksum = fields.Char(required=True, help="SHA-1 of the content.")
    attachment_id = fields.Many2one("ir.attachment", ondelete="set null", index="btree_not_null")
    name = fields.Char(required=True, help="The file's name on the shop.")
    mimetype = fields.Char(required=True)
    external_id = fields.Char(string="Shop's Id")
    url = fields.Char(string="Address on the Shop")
    tries = fields.Integer(help="How often the shop could not take it.")
    address = fields.Char(
        string="Address for the Shop",
        compute="_compute_address",
        help="Where a shop that cannot be given files fetches it.",
    )
    refusal = fields.Char(string="The Shop's Refusal", help="It is not sent again before a person says so.")

    _content_unique = models.UniqueIndex(
        "(channel_id, COALESCE(listing_id, 0), checksum)", "The channel has this picture already."
    )

    def _compute_address(self):
        for row in self:
            row.address = row._address()

    @api.model
    def _of(self, channel, keys):
        """``{key: media}`` of those that the channel was ever to have.

        :param keys: ``(id of the listing whose it is or 0, checksum)``, as :attr:`~.listing_media.Picture.key`
        """
        checksums = list({checksum for _owner, checksum in keys})
        found = self.search([("channel_id", "=", channel.id), ("checksum", "in", checksums)])
        by_key = {(row.listing_id.id or 0, row.checksum): row for row in found}
        return {key: by_key[key] for key in keys if key in by_key}

    @api.model
    def _ensure(self, channel, files):
        """As :meth:`_of`, with a row made for each file that has none, unless somebody only looks.

        :param files: of :class:`~.listing_media.Picture`
        """
        by_key = {file.key: file for file in files}
        known = self._of(channel, by_key)
        if self.env.context.get("ecom_only_looks"):
            return known
        for key, row in known.items():
            if row.attachment_id.id != by_key[key].attachment_id and not row._content_is_there():
                row.attachment_id = by_key[key].attachment_id
        new = [file for key, file in by_key.items() if key not in known]
        created = self.create(
            [
                {
                    "channel_id": channel.id,
                    "listing_id": file.owner or False,
                    "checksum": file.checksum,
                    "attachment_id": file.attachment_id,
                    "name": file.name,
                    "mimetype": file.mimetype,
                }
                for file in new
            ]
        )
        return known | {file.key: row for file, row in zip(new, created, strict=True)}

    def _content_is_there(self):
        """Whether the attachment still has this content: Odoo puts a product's next picture into the same one."""
        return self.attachment_id.sudo().checksum == self.checksum

    # === HANDING OVER === #

    def _is_settled(self):
        """Whether nothing is to be waited for."""
        return bool(self.external_id or self.refusal)

    def _file(self):
        """What is sent; ``None`` where the content is gone, or is not what its type says."""
        content = self.attachment_id.sudo().raw if self._content_is_there() else None
        if not content or media.kind(content[:16]) != self.mimetype:
            return None
        owner = self.listing_id
        others = owner.media_ids.filtered(lambda row: row.external_id and row.mimetype == self.mimetype)
        return MediaFile(
            self.checksum,
            self.name,
            self.mimetype,
            content,
            product_id=owner.external_id or "",
            known=tuple(others.mapped("external_id")) if self.tries and others else None,
        )

    def _note_sent(self, results):
        """Keep the ids that the shop gave, and what it refused for good.

        :return: the media that were refused for good, with why
        """
        refused = {}
        for row, result in zip(self, results, strict=True):
            if result.ok:
                row.write({"external_id": result.external_id, "url": result.url, "refusal": False})
                continue
            message = in_words(self.env, result.refusal.message)
            row.tries += 1
            if row.tries >= TRIES or not (result.refusal.retry or result.refusal.in_doubt):
                row.refusal = message[:500]
                refused[row] = message
        return refused

    def _note_unshown(self, message):
        """The shop could not show these: those that it has are sent anew, those that it could not fetch stay away.

        :return: the media that are not told any more
        """
        refused = self.browse()
        for row in self:
            row.tries += 1
            if not row.external_id or row.tries >= TRIES:
                row.refusal = message[:500]
                refused |= row
            row.write({"external_id": False, "url": False})
        return refused

    # === FETCHED BY THE SHOP === #

    def _address(self):
        """Where a shop that cannot be given files fetches it: not to be guessed, and always the same."""
        self.ensure_one()
        base = self.channel_id._webhook_address().partition("/ecom/webhook/")[0]
        return f"{base}/ecom/media/{self.channel_id.id}/{self.checksum}/{self._signature()}/{quote(self.name)}"

    def _signature(self):
        return hmac(self.env(su=True), "ecom.media", (self.channel_id.id, self.checksum))

    @api.model
    def _by_address(self, channel_id, checksum, signature):
        """The media that an address of ours is of, empty where it may not be shown (any more)."""
        signed = hmac(self.env(su=True), "ecom.media", (channel_id, checksum))
        if not consteq(signed, signature):
            return self.browse()
        row = self.search([("channel_id", "=", channel_id), ("checksum", "=", checksum)], limit=1)
        if not row.channel_id.active or not row._content_is_there() or not row._is_public():
            return self.browse()
        return row

    def _is_public(self):
        """A document is no longer shown once it is not to be sent to shops."""
        if self.attachment_id.sudo().res_field:
            return True
        shared = [("ir_attachment_id", "=", self.attachment_id.id), ("ecom_shared", "=", True)]
        return bool(self.env["product.document"].sudo().search_count(shared, limit=1))
