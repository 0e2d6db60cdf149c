from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...decisions import media


class EcomProductImage(models.Model):
    """A further picture of a product, or a video, for shops: after the product's own picture, in order."""

    _name = "ecom.product.image"
    _description = "Shop Picture"
    _inherit = ["image.mixin"]
    _order = "sequence, id"
    _rec_name = "alt"

    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", required=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one(
        "product.product",
        string="Variant",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        help="Shown for this variant alone. A picture of the variant itself goes first.",
    )
    sequence = fields.Integer(default=10)
    alt = fields.Char(
        string="Alternative Text",
        translate=True,
        help="What the picture shows, for those who do not see it, and for search engines.",
    )
    video_url = fields.Char(string="Video", help="The address of a video: shops show it as a link.")
    channel_ids = fields.Many2many("ecom.channel", string="Only On", help="Empty: on every shop.")

    @api.constrains("product_tmpl_id", "image_1920", "video_url")
    def _check_content(self):
        for image in self:
            if image.video_url and not media.is_video_link(image.video_url):
                raise ValidationError(
                    self.env._("“%(url)s” is no address of a video: it begins with https://.", url=image.video_url)
                )
            if not image.video_url and not image.image_1920:
                raise ValidationError(self.env._("Add a picture, or the address of a video."))

    @api.constrains("product_id", "product_tmpl_id")
    def _check_product_id(self):
        for image in self:
            if image.product_id and image.product_id.product_tmpl_id != image.product_tmpl_id:
                raise ValidationError(
                    self.env._("“%(variant)s” is no variant of this product.", variant=image.product_id.display_name)
                )

    # === CRUD: SHOPS ARE TOLD === #

    @api.model_create_multi
    def create(self, vals_list):
        images = super().create(vals_list)
        images.product_tmpl_id._ecom_note_change()
        return images

    def write(self, vals):
        before = self.product_tmpl_id
        result = super().write(vals)
        (before | self.product_tmpl_id)._ecom_note_change()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        self.product_tmpl_id._ecom_note_change()
        return result

    def unlink(self):
        templates = self.product_tmpl_id
        result = super().unlink()
        templates._ecom_note_change()
        return result


class ProductTemplate(models.Model):
    _inherit = "product.template"

    ecom_image_ids = fields.One2many("ecom.product.image", "product_tmpl_id", string="Shop Pictures", copy=True)


class ProductDocument(models.Model):
    """A sheet that shops show as well, where the merchant says so."""

    _inherit = "product.document"

    ecom_shared = fields.Boolean(
        string="Send to Shops",
        help="Customers of the shops that sell the product can read it. PDF files and links only.",
    )

    def _ecom_products(self):
        """The products that these documents are of."""
        products = self.env["product.product"].browse(
            document.res_id for document in self if document.res_model == "product.product"
        )
        templates = self.env["product.template"].browse(
            document.res_id for document in self if document.res_model == "product.template"
        )
        return templates | products.exists().product_tmpl_id

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents.filtered("ecom_shared")._ecom_products()._ecom_note_change()
        return documents

    def write(self, vals):
        before = self.filtered("ecom_shared")
        result = super().write(vals)
        (before | self.filtered("ecom_shared"))._ecom_products()._ecom_note_change()
        return result

    def unlink(self):
        templates = self.filtered("ecom_shared")._ecom_products()
        result = super().unlink()
        templates.exists()._ecom_note_change()
        return result
