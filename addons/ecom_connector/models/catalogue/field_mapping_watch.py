from odoo import api, models, tools

from ...decisions import field_values

PRODUCTS = ("product.template", "product.product")


class EcomFieldMapping(models.Model):
    """Which fields the mappings read: a change of theirs has listings looked at again."""

    _inherit = "ecom.field.mapping"

    def _paths(self):
        """The paths that the mapping reads, its condition's included."""
        paths = [condition.field_expr for condition in self._condition().iter_conditions()]
        if self.source == "field":
            paths.append(self.source_field)
        elif self.source == "template":
            paths += field_values.placeholders(self.template)
        return paths

    @api.model
    @tools.ormcache()
    def _watched(self):
        """``{model: {field: {(model of products, path from them to the record; "" for themselves)}}}``."""
        found = {}

        def watch(model, field, root, path):
            found.setdefault(model, {}).setdefault(field, set()).add((root, path))

        mappings = self.sudo().search([("active", "=", True)])
        for mapping in mappings.filtered(lambda row: not row._problem()):
            root = mapping.source_model
            for path in mapping._paths():
                model, before = self.env[root], []
                for name in path.split("."):
                    field = model._fields.get(name)
                    if field is None:
                        break
                    watch(model._name, name, root, ".".join(before))
                    if field.inherited and model._name == "product.product":
                        watch("product.template", name, "product.template", "")
                    before.append(name)
                    if not field.relational:
                        break
                    model = self.env[field.comodel_name]
                else:
                    # It ends with records: their names are what is told.
                    watch(model._name, model._rec_name or "name", root, path)
                    watch(model._name, "name", root, path)
        return found

    @api.model
    def _watched_of(self, model):
        """``{field: …}`` of a model, as in :meth:`_watched`."""
        # While the registry is loaded there may be no table yet, and no listing changes.
        return self._watched().get(model, {}) if self.pool.ready else {}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.model
    def _ecom_watched(self):
        return super()._ecom_watched() | self.env["ecom.field.mapping"]._watched_of(self._name).keys()


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def _ecom_watched(self):
        return super()._ecom_watched() | self.env["ecom.field.mapping"]._watched_of(self._name).keys()


class Base(models.AbstractModel):
    """Records that products point to, such as a category with a field of the merchant's: any model may be one."""

    _inherit = "base"

    def write(self, vals):
        result = super().write(vals)
        self._ecom_note_mapped(vals)
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        self._ecom_note_mapped({field_name: None})
        return result

    def _ecom_note_mapped(self, vals):
        watched = self.env["ecom.field.mapping"]._watched_of(self._name)
        if not watched or self._name in PRODUCTS:
            return
        for root, path in {way for name in vals.keys() & watched.keys() for way in watched[name]}:
            products = self.env[root].sudo().with_context(active_test=False).search([(path, "in", self.ids)])
            templates = products if root == "product.template" else products.product_tmpl_id
            templates._ecom_note_change()
