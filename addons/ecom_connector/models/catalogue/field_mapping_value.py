from decimal import Decimal

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools.mail import is_html_empty

from ...decisions import field_values
from ...decisions.field_values import BadValue, Converter, Options
from .field_mapping import KINDS


class EcomFieldMapping(models.Model):
    """What a mapping makes of products, read for all of them at once; and the same for one, to try it."""

    _inherit = "ecom.field.mapping"

    preview_product_id = fields.Many2one("product.product", string="Try on", store=False)
    preview_value = fields.Char(string="In Odoo Now", compute="_compute_preview")
    preview_told = fields.Text(string="The Shop Gets", compute="_compute_preview")
    preview_problem = fields.Char(compute="_compute_preview")
    preview_word = fields.Char(string="If the Shop Says", store=False)
    preview_taken = fields.Char(string="Odoo Keeps", compute="_compute_preview")

    def _options(self):
        self.ensure_one()
        factor = Decimal(1)
        if self.unit_from_id and self.unit_to_id:
            factor = Decimal(f"{self.unit_from_id._compute_quantity(1.0, self.unit_to_id, round=False):.12g}")
        return Options(
            yes=self.yes_word or "",
            no=self.no_word or "",
            separator=self.separator or ", ",
            date_format=self.date_format or "iso",
            decimals=self.decimals,
            factor=factor,
            unit=self.unit_to_id.name or "" if self.unit_shown and KINDS.get(self.target) != "number" else "",
        )

    # === WHAT ODOO SAYS === #

    def _told_values(self, records, language=None):
        """What the shop is told about each product, as text.

        :param records: of ``source_model``, in the channel's company
        :param language: where the mapping names none
        :return: ``({record id: text}, {record id: why not})``; of others the mapping does not speak
        """
        self.ensure_one()
        records = self._in_language(records, language)
        records = records.filtered_domain(self._condition()) if self.condition else records
        options = self._options()
        told, problems = {}, {}
        for record in records:
            try:
                told[record.id] = self._told_value(record, options)
            except BadValue as error:
                problems[record.id] = self._in_words(error)
            except ArithmeticError:
                problems[record.id] = self.env._("the number is too large.")
        return told, problems

    def _in_language(self, records, language=None):
        return records.with_context(
            lang=self.lang or language or self.channel_id._shop_language(),
            tz=self.company_id._ecom_zone(),
            show_attribute=False,
        )

    def _told_value(self, record, options):
        if self.source == "template":
            names = field_values.placeholders(self.template)
            text = field_values.fill(
                self.template, {name: self._read(record, name) for name in names}, self.kind == "html"
            )
        else:
            value = (
                self._read_attribute(record) if self.source == "attribute" else self._read(record, self.source_field)
            )
            text = field_values.to_shop(Converter(self.converter), value, options)
        text = text or self.default_value or ""
        if self.kind == "html" and not (self.source == "template" and "<" in self.template):
            text = field_values.to_shop(Converter.HTML, text)
        return text

    def _read(self, record, path):
        """The value at the end of a path, as the converters take it."""
        *through, last = path.split(".")
        several = False
        for name in through:
            several = several or record._fields[name].type == "many2many"
            record = record[name]
        field = record._fields[last]
        values = [self._plain(one, field) for one in record]
        if several:
            return [part for value in values for part in (value if isinstance(value, list) else [value]) if part]
        return values[0] if values else None

    def _plain(self, record, field):
        value = record[field.name]
        if field.type == "boolean":
            return value
        if field.type in ("integer", "float", "monetary"):
            return value
        if field.type == "many2many":
            return value.mapped("display_name")
        if not value:
            return None
        if field.type == "many2one":
            return value.display_name
        if field.type == "selection":
            return dict(field._description_selection(record.env)).get(value, value)
        if field.type == "datetime":
            return fields.Datetime.context_timestamp(record, value)
        if field.type == "html":
            return None if is_html_empty(value) else Markup(value)
        return value

    def _read_attribute(self, record):
        """The product's values of the attribute, or the variant's own."""
        mine = record.product_template_attribute_value_ids if record._name == "product.product" else None
        if mine and (own := mine.filtered(lambda value: value.attribute_id == self.attribute_id)):
            return own.mapped("name")
        lines = record.attribute_line_ids.filtered(lambda line: line.attribute_id == self.attribute_id)
        return lines.value_ids.mapped("name")

    # === TRYING IT === #

    @api.depends(
        "attribute_id",
        "channel_id",
        "condition",
        "converter",
        "date_format",
        "decimals",
        "default_value",
        "direction",
        "lang",
        "no_word",
        "preview_product_id",
        "preview_word",
        "separator",
        "source",
        "source_field",
        "target",
        "target_name",
        "template",
        "unit_from_id",
        "unit_shown",
        "unit_to_id",
        "yes_word",
    )
    def _compute_preview(self):
        for mapping in self:
            mapping.preview_value = mapping.preview_told = mapping.preview_taken = False
            mapping.preview_problem = mapping._problem() if mapping.target and mapping.channel_id else False
            product = mapping.preview_product_id
            if mapping.preview_problem or not product or not mapping.channel_id or not mapping.target:
                continue
            record = product._origin if mapping._level() == "offer" else product._origin.product_tmpl_id
            mapping._try(record.with_company(mapping.company_id or mapping.channel_id.company_id))

    def _try(self, record):
        if self.source == "builtin":
            self.preview_told = self.env._("As without a mapping: %s", self.built_in)
        else:
            told, problems = self._told_values(record)
            self.preview_value = self._shown(self._in_language(record))
            if record.id in problems:
                self.preview_problem = self._sentence(problems[record.id])
            elif record.id in told:
                self.preview_told = told[record.id] or self.env._("Nothing")
            else:
                self.preview_told = self.env._("The condition leaves this product out.")
        if self.direction == "to_odoo" and self.preview_word and self.source == "field":
            try:
                self.preview_taken = field_values.plain(
                    field_values.from_shop(Converter(self.converter), self.preview_word, self._options())
                )
            except BadValue as error:
                self.preview_problem = self._sentence(self._in_words(error))

    def _shown(self, record):
        """What stands in Odoo, in a line."""
        if self.source == "template":
            names = field_values.placeholders(self.template)
            return " · ".join(f"{name}: {field_values.plain(self._read(record, name)) or '—'}" for name in names)
        value = self._read_attribute(record) if self.source == "attribute" else self._read(record, self.source_field)
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        return field_values.plain(value) or self.env._("Nothing")
