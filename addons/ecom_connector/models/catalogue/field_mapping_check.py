import ast

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...decisions import field_values
from ...decisions.field_values import BadValue, Converter, Problem
from .field_mapping import KINDS

THROUGH = (
    "product.template",
    "product.product",
    "product.category",
    "product.tag",
    "product.attribute",
    "product.attribute.value",
    "uom.uom",
    "res.country",
    "res.country.state",
    "res.currency",
)
"""Records that describe goods: what stands in their fields may be shown to customers."""
NAMES_OF = (*THROUGH, "res.partner")
"""Records whose names may be shown, such as a manufacturer's."""
UNREADABLE = (
    "binary",
    "image",
    "json",
    "many2one_reference",
    "one2many",
    "properties",
    "properties_definition",
    "reference",
)
NOT_TAKEN = ("active", "company_id", "is_storable", "sale_ok", "purchase_ok", "tracking", "type", "uom_id")
"""Fields of a product that say how Odoo works with it: no shop changes them."""
FITS = {
    Converter.HTML: ("char", "text", "html"),
    Converter.NUMBER: ("integer", "float", "monetary"),
    Converter.YES_NO: ("boolean",),
    Converter.LIST: ("many2many", "many2one"),
    Converter.DATE: ("date", "datetime"),
}


class EcomFieldMapping(models.Model):
    """What a mapping may say: a wrong one names the field and why, before it is saved and where a person tries it.

    Lanes work past access rights, so a field is only read where everybody may read it: fields of limited groups, costs
    among them, never reach a shop.
    """

    _inherit = "ecom.field.mapping"

    @api.constrains(
        "active",
        "attribute_id",
        "channel_id",
        "condition",
        "converter",
        "decimals",
        "default_value",
        "direction",
        "no_word",
        "separator",
        "source",
        "source_field",
        "target",
        "target_name",
        "template",
        "unit_from_id",
        "unit_to_id",
        "yes_word",
    )
    def _check_mapping(self):
        for mapping in self:
            if problem := mapping._problem():
                raise ValidationError(problem)

    def _problem(self):
        """What is wrong with the mapping, in a sentence that names the field; ``""`` when nothing is."""
        self.ensure_one()
        if not self.target:
            return self.env._("Choose the field of the shop.")
        try:
            self._check_target()
            getattr(self, f"_check_source_{self.source}")()
            self._check_converter()
            self._check_default()
            self._check_condition()
            if self.direction == "to_odoo":
                self._check_to_odoo()
        except ValidationError as error:
            return self._sentence(error.args[0])
        return ""

    # === THE SHOP'S SIDE === #

    def _check_target(self):
        if self.named and not self.target_name:
            self._refuse(self.env._("say what the shop calls the field."))
        domain = [("channel_id", "=", self.channel_id.id), ("target", "=", self.target), ("id", "!=", self._origin.id)]
        if self.named:
            domain.append(("target_name", "=", self.target_name))
        if self.active and self.search_count(domain, limit=1):
            self._refuse(self.env._("%(channel)s has a mapping of this field already.", channel=self.channel_id.name))
        if self.source != "builtin" and self.target not in KINDS:
            self._refuse(self.env._("Odoo fills this field itself; choose “As without a mapping”, and its direction."))
        if self.source == "builtin" and self.named:
            self._refuse(self.env._("nothing fills this field without a mapping: choose where it lives in Odoo."))
        if self.target == "listing.attribute" and self.direction == "none":
            self._refuse(self.env._("an attribute of yours is shown or it is not: archive the mapping instead."))

    # === ODOO'S SIDE === #

    def _check_source_builtin(self):
        pass

    def _check_source_field(self):
        if not self.source_field:
            self._refuse(self.env._("choose the field of Odoo."))
        self._path_fields(self.source_field)

    def _check_source_attribute(self):
        if not self.attribute_id:
            self._refuse(self.env._("choose the attribute of Odoo."))

    def _check_source_template(self):
        if not (self.template or "").strip():
            self._refuse(self.env._("write the text."))
        try:
            names = field_values.placeholders(self.template)
        except BadValue as error:
            self._refuse(self._in_words(error))
        for name in names:
            self._path_fields(name)

    def _path_fields(self, path):
        """The fields on a path, the last one being read.

        :raise ValidationError: when it may not be read, with the name and why
        """
        model = self.env[self.source_model]
        found = []
        names = path.split(".")
        for name in names:
            if found and not self._may_pass(found[-1]):
                self._refuse(self.env._("nothing behind “%(field)s” may be shown.", field=self._called(found[-1])))
            field = model._fields.get(name)
            if field is None:
                self._refuse(
                    self.env._(
                        "Odoo has no field “%(field)s” on %(model)s.",
                        field=name,
                        model=model._description or model._name,
                    )
                )
            self._check_readable(field)
            found.append(field)
            model = self.env[field.comodel_name] if field.relational else None
        if found[-1].relational and not self._may_name(found[-1]):
            self._refuse(self.env._("what “%(field)s” names may not be shown.", field=self._called(found[-1])))
        return found

    def _check_readable(self, field):
        base = field.base_field
        if field.groups or base.groups:
            self._refuse(
                self.env._(
                    "“%(field)s” is for certain people only, so that no shop may show it.", field=self._called(field)
                )
            )
        if field.type in UNREADABLE:
            self._refuse(self.env._("“%(field)s” is of a kind that no shop can show.", field=self._called(field)))
        if not (field.store or (field.inherited and base.store)):
            self._refuse(
                self.env._(
                    "“%(field)s” is not stored, so that its changes would not be noticed.", field=self._called(field)
                )
            )

    @api.model
    def _may_pass(self, field):
        return field.relational and (field.comodel_name in THROUGH or field.comodel_name.startswith("x_"))

    @api.model
    def _may_name(self, field):
        return field.comodel_name in NAMES_OF or field.comodel_name.startswith("x_")

    def _readable_path(self):
        """As :meth:`_path_fields` of the field of Odoo; empty where it may not be read."""
        try:
            return self._path_fields(self.source_field) if self.source_field else []
        except ValidationError:
            return []

    # === BETWEEN THEM === #

    def _check_converter(self):
        converter, kind = Converter(self.converter), KINDS.get(self.target)
        if self.source == "builtin":
            return
        if kind == "number" and (converter != Converter.NUMBER or self.source != "field"):
            self._refuse(self.env._("the shop expects a number: choose a field of numbers, written as a number."))
        if self.source == "field":
            fields_on_path = self._path_fields(self.source_field)
            last = fields_on_path[-1]
            several = any(field.type == "many2many" for field in fields_on_path)
            if several and converter not in (Converter.LIST, Converter.TEXT):
                self._refuse(
                    self.env._("“%(field)s” has several values: write them as a list.", field=self._called(last))
                )
            if not several and last.type not in FITS.get(converter, (last.type,)):
                self._refuse(
                    self.env._(
                        "“%(field)s” cannot be written as “%(converter)s”.",
                        field=self._called(last),
                        converter=dict(self._fields["converter"]._description_selection(self.env))[self.converter],
                    )
                )
            if self.target == "offer.sku" and (several or last.type != "char"):
                self._refuse(
                    self.env._(
                        "a SKU lives in a field of short text, which “%(field)s” is not.", field=self._called(last)
                    )
                )
        if not 0 <= self.decimals <= 6:
            self._refuse(self.env._("a number has at most six decimals."))
        if converter == Converter.NUMBER and bool(self.unit_from_id) != bool(self.unit_to_id):
            self._refuse(self.env._("say both units, or none."))
        if self.unit_from_id and not self.unit_from_id._has_common_reference(self.unit_to_id):
            self._refuse(
                self.env._(
                    "%(unit)s cannot be turned into %(other)s.",
                    unit=self.unit_from_id.name,
                    other=self.unit_to_id.name,
                )
            )
        if converter == Converter.YES_NO:
            words = {(word or "").strip().casefold() for word in (self.yes_word, self.no_word)}
            if "" in words or len(words) < 2:
                self._refuse(self.env._("say two different words for yes and no."))
        if converter == Converter.LIST and not self.separator:
            self._refuse(self.env._("say what stands between the parts of the list."))

    def _check_default(self):
        if not self.default_value:
            return
        if self.target in ("offer.sku", "offer.barcode"):
            self._refuse(self.env._("it tells products apart, so that no two may have the same default."))
        try:
            if self.source == "field":
                field_values.from_shop(Converter(self.converter), self.default_value, self._options())
        except BadValue as error:
            self._refuse(self._in_words(error))

    def _check_condition(self):
        try:
            domain = self._condition()
            for condition in domain.iter_conditions():
                self._check_readable_path(condition.field_expr)
            domain.validate(self.env[self.source_model])
        except ValidationError:
            raise
        except Exception as error:
            self._refuse(self.env._("the condition cannot be read: %(error)s", error=error))

    def _check_readable_path(self, path):
        model = self.env[self.source_model]
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None:
                self._refuse(self.env._("the condition speaks of “%(field)s”, which Odoo does not know.", field=name))
            if name != "id":
                self._check_readable(field)
            model = self.env[field.comodel_name] if field.relational else self.env["base"]

    def _condition(self):
        """The domain of the products that the mapping speaks of."""
        return Domain(ast.literal_eval(self.condition)) if self.condition else Domain.TRUE

    def _check_to_odoo(self):
        """Whether what the shop says has one place in Odoo, which a shop may fill."""
        if self.source == "builtin":
            if self.target not in self._taken_as_built_in():
                self._refuse(self.env._("Odoo does not take this over without a field of yours: choose one."))
            return
        if self.source != "field":
            self._refuse(self.env._("only a field can be filled from the shop."))
        if "." in self.source_field:
            self._refuse(
                self.env._(
                    "“%(field)s” belongs to other products too: choose a field of the product itself.",
                    field=self.source_field,
                )
            )
        field = self._path_fields(self.source_field)[-1]
        if field.name in NOT_TAKEN or field.base_field.name in models.MAGIC_COLUMNS:
            self._refuse(self.env._("Odoo works by “%(field)s”: no shop may change it.", field=self._called(field)))
        base = field.base_field
        if base.compute and base.readonly and not base.inverse:
            self._refuse(self.env._("“%(field)s” is computed by Odoo.", field=self._called(field)))

    # === IN WORDS === #

    def _sentence(self, problem):
        return self.env._("%(field)s: %(problem)s", field=self.display_name, problem=problem)

    @api.model
    def _called(self, field):
        """A field as a person finds it, and as its name is."""
        label = field._description_string(self.env)
        return f"{label} ({field.name})" if label else field.name

    def _refuse(self, sentence):
        raise ValidationError(sentence)

    @api.model
    def _in_words(self, error):
        """What is wrong with a value, in a sentence."""
        value = f"{error.value[:60]}…" if len(error.value) > 60 else error.value
        if error.problem == Problem.COMMA:
            return self.env._("“%(value)s” has a comma: numbers have a point, such as 13.5.", value=value)
        if error.problem == Problem.NO_NUMBER:
            return self.env._("“%(value)s” is no number.", value=value)
        if error.problem == Problem.NO_DATE:
            return self.env._("“%(value)s” is no date written like %(example)s.", value=value, example=error.wanted[0])
        if error.problem == Problem.NOT_YES_NO:
            return self.env._(
                "“%(value)s” is neither “%(yes)s” nor “%(no)s”.",
                value=value,
                yes=error.wanted[0],
                no=error.wanted[1],
            )
        if error.problem == Problem.BRACE:
            return self.env._("a brace has no partner: a field stands between { and }.")
        return self.env._("nothing stands between { and }.")
