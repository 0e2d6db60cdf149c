from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import psycopg2.errors
from markupsafe import Markup
from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import html_sanitize

from ...decisions import field_values, publishing
from ...decisions.field_values import BadValue, Converter

BUILT_IN = {
    "listing.name": "title",
    "listing.description": "description",
    "listing.summary": "summary",
    "listing.slug": "slug",
    "listing.state": "state",
    "offer.sku": "default_code",
    "offer.barcode": "barcode",
    "offer.weight": "weight",
}
"""Where Odoo keeps what the shop says without a field of the merchant's: on the listing, or on the variant."""
WRONG = (UserError, ValueError, psycopg2.errors.IntegrityError, psycopg2.errors.DataError)
"""What a value does that Odoo does not take; a concurrent change is none of it, and is tried again."""


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """A field that somebody changed on the shop: of a listing, or of an offer of it, as the mapping says."""

    listing: Any
    offer: Any
    mapping: Any
    value: Any

    @property
    def key(self):
        return f"{self.mapping.id}:{self.offer.id or 0}"

    @property
    def issue_key(self):
        return f"{self.listing.id}:{self.key}"

    @property
    def product(self):
        return self.offer.product_id if self.offer else self.listing.product_tmpl_id


class EcomFieldMapping(models.Model):
    """Taking over what the shop says: all of a page at once, one by one only where something is wrong."""

    _inherit = "ecom.field.mapping"

    def _taken_as_built_in(self):
        return BUILT_IN

    def _take(self, news):
        """Write what these say; what cannot be written is an issue, and the rest goes through.

        :param news: ``[News]``
        :return: ``[(News, why not)]``
        """
        news = self._meant(news)
        before = self._words_here(news)
        named = self._records_named(news)
        values, refused = {}, []
        for one in news:
            try:
                name, value = one.mapping._as_ours(one.value, named)
            except BadValue as error:
                refused.append((one, self._in_words(error)))
            except UserError as error:
                refused.append((one, error.args[0]))
            else:
                values.setdefault(one.mapping._record_of(one), {})[name] = (value, one)
        failed = self._write_all({record: {n: v for n, (v, _one) in row.items()} for record, row in values.items()})
        taken = []
        for record, row in values.items():
            if record in failed:
                refused += [(one, failed[record]) for _value, one in row.values()]
            else:
                taken += [one for _value, one in row.values()]
        self._note_conflicts(taken, before)
        self._remember_taken(taken)
        self._note_not_taken(refused, taken)
        return refused

    def _meant(self, news):
        """Without the products that the conditions leave out."""
        found = []
        for mapping in self.browse({one.mapping.id: None for one in news}):
            mine = [one for one in news if one.mapping == mapping]
            products = mine[0].product.browse({one.product.id: None for one in mine})
            meant = products.filtered_domain(mapping._condition()) if mapping.condition else products
            found += [one for one in mine if one.product in meant]
        return found

    def _record_of(self, one):
        """The record that keeps what the shop says, in the language of the shop."""
        record = one.listing if self.source == "builtin" and self._level() == "listing" else one.product
        return self._in_language(record)

    def _as_ours(self, value, named):
        """``(field, value)`` as a record takes it.

        :raises BadValue: when the converter cannot read it
        :raises UserError: when nothing in Odoo is called so
        """
        if self.source == "builtin":
            return BUILT_IN[self.target], self._as_built_in(value)
        field = self.env[self.source_model]._fields[self.source_field]
        value = value or self.default_value or ""
        if self.kind == "html" and value:
            value = Markup(value)
        found = field_values.from_shop(Converter(self.converter), value, self._options())
        if field.type in ("many2one", "many2many"):
            return field.name, self._records(field, found, named)
        if field.type == "selection":
            return field.name, self._selected(field, found)
        return field.name, _as_stored(field, found)

    def _as_built_in(self, value):
        if self.kind == "html":
            return html_sanitize(value)
        if self.target == "offer.weight":
            number = field_values.from_shop(Converter.NUMBER, value) or Decimal(0)
            return float(number) / self.env["ecom.listing"]._weight_factor()
        return value or False

    def _selected(self, field, label):
        if not label:
            return False
        for key, shown in field._description_selection(self._in_language(self).env):
            if label.casefold() in (shown.casefold(), key.casefold()):
                return key
        raise UserError(
            self.env._("“%(value)s” is none of the choices of “%(field)s”.", value=label, field=self._called(field))
        )

    # === RECORDS BY NAME === #

    def _records_named(self, news):
        """``{(model, language): {name: record}}`` of everything that these name, in one look-up for each mapping."""
        found = {}
        for mapping in self.browse({one.mapping.id: None for one in news}):
            field = self.env[mapping.source_model]._fields.get(mapping.source_field or "")
            if mapping.source != "field" or not field or field.type not in ("many2one", "many2many"):
                continue
            names = set()
            for one in news:
                if one.mapping == mapping:
                    names.update(mapping._names(one.value))
            Model = mapping._in_language(self.env[field.comodel_name])
            records = Model.search([(Model._rec_name, "in", list(names))])
            found[mapping.id] = {record[Model._rec_name].casefold(): record for record in reversed(records)}
        return found

    def _names(self, value):
        value = value or self.default_value or ""
        if self.converter == Converter.LIST.value:
            return field_values.from_shop(Converter.LIST, value, self._options())
        return [field_values.plain(value).strip()] if value else []

    def _records(self, field, value, named):
        names = value if isinstance(value, list) else [value] if value else []
        known = named[self.id]
        if unknown := [name for name in names if name.casefold() not in known]:
            raise UserError(
                self.env._(
                    "Odoo knows no “%(value)s” for “%(field)s”: create it first.",
                    value=unknown[0],
                    field=self._called(field),
                )
            )
        ids = [known[name.casefold()].id for name in names]
        if field.type == "many2many":
            return [Command.set(ids)]
        if len(ids) > 1:
            raise UserError(
                self.env._("“%(field)s” takes one value, and there are several.", field=self._called(field))
            )
        return ids[0] if ids else False

    # === WRITING === #

    def _write_all(self, values):
        """:return: ``{record: why it was not written}``"""
        try:
            with self.env.cr.savepoint():
                for record, vals in values.items():
                    record.write(vals)
        except WRONG as error:
            if len(values) > 1:
                return {
                    record: why for one, vals in values.items() for record, why in self._write_all({one: vals}).items()
                }
            return {record: _reason(error) for record in values}
        return {}

    def _words_here(self, news):
        """``{News: what Odoo says}``, read for all products at once."""
        found = {}
        for mapping in self.browse({one.mapping.id: None for one in news}):
            mine = [one for one in news if one.mapping == mapping]
            if mapping.source == "field":
                products = mine[0].product.browse({one.product.id: None for one in mine})
                told, _problems = mapping._told_values(products.with_company(mapping.company_id))
                found |= {one: told.get(one.product.id, "") for one in mine}
            else:
                name = BUILT_IN[mapping.target]
                found |= {one: field_values.plain(mapping._record_of(one)[name] or None) for one in mine}
        return found

    def _remember_taken(self, news):
        here = self._words_here(news)
        marks = {}
        for one in news:
            marks.setdefault(one.listing, {})[one.key] = publishing.digest(here[one])
        for listing, row in marks.items():
            listing.taken = (listing.taken or {}) | row

    # === WHAT A PERSON HAS TO KNOW === #

    def _note_conflicts(self, news, before):
        """Say whose word counts where both sides changed a field since the shop's was last taken over."""
        for one in news:
            agreed = (one.listing.taken or {}).get(one.key)
            if agreed and agreed != publishing.digest(before[one]):
                self.env["ecom.issue"]._raise(
                    one.listing.channel_id,
                    "field_conflict",
                    key=one.issue_key,
                    message=self.env._(
                        "“%(product)s”, %(field)s: changed here to “%(ours)s” and on the shop to “%(theirs)s”. The "
                        "shop's word counts.",
                        product=one.product.display_name,
                        field=one.mapping.display_name,
                        ours=before[one],
                        theirs=field_values.plain(one.value),
                    ),
                )

    def _note_not_taken(self, refused, taken):
        for one, why in refused:
            self.env["ecom.issue"]._raise(
                one.listing.channel_id,
                "field_not_taken",
                key=one.issue_key,
                message=self.env._(
                    "“%(product)s”, %(field)s: what the shop says was not taken over. %(reason)s",
                    product=one.product.display_name,
                    field=one.mapping.display_name,
                    reason=why,
                ),
                data={
                    "listing": one.listing.id,
                    "offer": one.offer.id,
                    "mapping": one.mapping.id,
                    "value": one.value,
                },
            )
        keys = [one.issue_key for one in taken]
        self.env["ecom.issue"].search(
            [("code", "=", "field_not_taken"), ("key", "in", keys), ("state", "=", "open")]
        )._solve()


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[
            ("field_not_told", "Value that the shop cannot get"),
            ("field_not_taken", "Value of the shop not taken over"),
            ("field_conflict", "Field changed on both sides"),
        ],
        ondelete={"field_not_told": "cascade", "field_not_taken": "cascade", "field_conflict": "cascade"},
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        labels = {
            "field_not_told": self.env._("Tell the shop again"),
            "field_not_taken": self.env._("Take it over now"),
            "field_conflict": self.env._("Note that it was seen"),
        }
        for issue in self:
            issue.remedy = labels.get(issue.code, issue.remedy)
        return result

    def _fix_field_conflict(self, _same):
        """A person knows now."""

    def _fix_field_not_told(self, _same):
        self.env["ecom.listing.change"]._note(channels=self.channel_id)

    def _fix_field_not_taken(self, _same):
        """Try what the shop said again: the field, or what it names, may be there now."""
        data = self.data
        one = News(
            self.env["ecom.listing"].browse(data["listing"]).exists(),
            self.env["ecom.offer"].browse(data["offer"] or []).exists(),
            self.env["ecom.field.mapping"].browse(data["mapping"]).exists(),
            data["value"],
        )
        if one.listing and one.mapping and (refused := self.env["ecom.field.mapping"]._take([one])):
            raise UserError(refused[0][1])


def _as_stored(field, value):
    """A converted value as a field of this kind stores it."""
    if isinstance(value, Decimal):
        if field.type == "integer":
            if value != int(value):
                raise BadValue(field_values.Problem.NO_NUMBER, value)
            return int(value)
        return float(value)
    if field.type == "html":
        return html_sanitize(value) if value else False
    if field.type == "datetime" and isinstance(value, date):
        return datetime.combine(value, time())
    return False if value in (None, "") else value


def _reason(error):
    """What Odoo says against a value, in its own words where it has any."""
    if isinstance(error, UserError):
        return error.args[0]
    return str(error).strip().splitlines()[0]
