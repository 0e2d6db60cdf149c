from collections import defaultdict
from decimal import Decimal

from odoo import Command, models
from odoo.exceptions import UserError

from ...decisions import variant_prices


class EcomCatalogueImport(models.Model):
    """Creating: products with exactly the variants that the shop has, out of attributes that are there or made.

    Nothing that exists loses anything: a product of ours gains a variant where a person asks for it, attribute values
    are only ever added, and no variant is deleted or archived.
    """

    _inherit = "ecom.catalogue.import"

    def _create_products(self, channel, documents, lines):
        """Make the products of these articles and tie them to their lines."""
        if not lines:
            return
        offers = {
            line: next(
                offer for offer in documents[line.staged_id].offers if offer.variant_id == (line.external_id or "")
            )
            for line in lines
        }
        values = self._attribute_values(offers.values())
        templates = self._templates(channel, documents, lines, offers, values)
        self._add_missing_values(templates, lines, offers, values)
        options = self._options_of(templates)
        vals_list = []
        for line in lines:
            template, offer = templates[line.staged_id], offers[line]
            wanted = self._combination(template, offer, values, options)
            vals_list.append(self._prepare_variant_vals(template, line, offer, wanted))
        products = self._products_of(vals_list)
        for line, product in zip(lines, products, strict=True):
            line.write({"product_id": product.id, "created_product": True, "action": "create"})
        self._price(channel, documents, lines, offers, templates)

    # === ATTRIBUTES === #

    def _attribute_values(self, offers):
        """``{(attribute, value), both folded: value record}``, those that no attribute has made anew.

        Attributes whose variants are never made are none that tell variants apart.
        """
        wanted = {}
        for offer in offers:
            for option in offer.options:
                wanted.setdefault(self._key(option), option)
        if not wanted:
            return {}
        Attribute, Value = self.env["product.attribute"], self.env["product.attribute.value"]
        attributes = {
            attribute.name.casefold().strip(): attribute
            for attribute in Attribute.search([("create_variant", "!=", "no_variant")], order="id desc")
        }
        names = {key[0]: option.attribute for key, option in wanted.items() if key[0] not in attributes}
        # Made on demand, so that a product has the variants that the shop has, and no others.
        attributes |= dict(
            zip(
                names,
                Attribute.create([{"name": name, "create_variant": "dynamic"} for name in names.values()]),
                strict=True,
            )
        )
        ids = [attributes[attribute].id for attribute, _value in wanted]
        found = {
            (value.attribute_id.name.casefold().strip(), value.name.casefold().strip()): value
            for value in Value.search([("attribute_id", "in", ids)], order="id desc")
        }
        new = [key for key in wanted if key not in found]
        created = Value.create([{"attribute_id": attributes[key[0]].id, "name": wanted[key].value} for key in new])
        return found | dict(zip(new, created, strict=True))

    @staticmethod
    def _key(option):
        return option.attribute.casefold().strip(), option.value.casefold().strip()

    # === PRODUCTS === #

    def _templates(self, channel, documents, lines, offers, values):
        """``{staged product: template}``: the one that its other variants belong to, else a new one."""
        templates = {}
        for staged in lines.staged_id:
            known = staged.line_ids.filtered(
                lambda line: line.product_id and line.action == "link" and line.state in ("waiting", "done")
            ).product_id.product_tmpl_id
            if len(known) > 1:
                raise UserError(self.env._("Its variants are linked to several products: link this one too."))
            if known:
                templates[staged] = known
        new = [staged for staged in lines.staged_id if staged not in templates]
        vals_list = []
        for staged in new:
            mine = lines.filtered(lambda line, staged=staged: line.staged_id == staged)
            by_attribute = defaultdict(dict)
            for line in mine:
                for option in offers[line].options:
                    value = values[self._key(option)]
                    by_attribute[value.attribute_id.id][value.id] = None
            vals_list.append(
                self._prepare_template_vals(documents[staged])
                | {
                    "attribute_line_ids": [
                        Command.create({"attribute_id": attribute, "value_ids": [Command.set(list(ids))]})
                        for attribute, ids in by_attribute.items()
                    ]
                }
            )
        # Odoo would make every combination; the variants are made one by one, those that the shop has.
        created = self.env["product.template"].with_context(create_product_product=False).create(vals_list)
        self._stand_for([(row, value) for row in created.attribute_line_ids for value in row.value_ids])
        return templates | dict(zip(new, created, strict=True))

    def _prepare_template_vals(self, document):
        return {
            "name": document.name or document.sku or document.product_id,
            "type": "consu" if document.ships else "service",
            "is_storable": document.ships,
            "sale_ok": True,
            "company_id": False,
        }

    def _add_missing_values(self, templates, lines, offers, values):
        """Give products that exist the values that a new variant of theirs needs."""
        needed = defaultdict(set)
        for line in lines:
            for option in offers[line].options:
                value = values[self._key(option)]
                needed[templates[line.staged_id], value.attribute_id].add(value)
        for (template, attribute), wanted in needed.items():
            row = template.attribute_line_ids.filtered(lambda row, attribute=attribute: row.attribute_id == attribute)
            if not row:
                raise UserError(
                    self.env._(
                        "“%(product)s” has no variants by %(attribute)s here: link the article to another product.",
                        product=template.name,
                        attribute=attribute.name,
                    )
                )
            if missing := [value for value in wanted if value not in row.value_ids]:
                row.with_context(update_product_template_attribute_values=False).write(
                    {"value_ids": [Command.link(value.id) for value in missing]}
                )
                self._stand_for([(row, value) for value in missing])

    def _stand_for(self, pairs):
        """Have something stand for each value on its product's line, without making variants of it."""
        Option = self.env["product.template.attribute.value"]
        rows = self.env["product.template.attribute.line"].union(*(row for row, _value in pairs))
        retired = {
            (option.attribute_line_id, option.product_attribute_value_id): option
            for option in Option.search([("attribute_line_id", "in", rows.ids), ("ptav_active", "=", False)])
        }
        Option.union(*(retired[pair] for pair in pairs if pair in retired)).ptav_active = True
        Option.create(
            [
                {"attribute_line_id": row.id, "product_attribute_value_id": value.id}
                for row, value in pairs
                if (row, value) not in retired
            ]
        )

    def _options_of(self, templates):
        """``{(template, value record): what stands for it on that template}``."""
        found = self.env["product.template.attribute.value"].search(
            [("product_tmpl_id", "in", [template.id for template in templates.values()])]
        )
        return {(option.product_tmpl_id, option.product_attribute_value_id): option for option in found}

    def _combination(self, template, offer, values, options):
        """What a variant of the template is made of.

        :raise UserError: when it would be none, or one that is there
        """
        chosen = [options[template, values[self._key(option)]] for option in offer.options]
        told = {option.attribute_id for option in chosen}
        for row in template.valid_product_template_attribute_line_ids._without_no_variant_attributes():
            if row.attribute_id in told:
                continue
            only = row.product_template_value_ids._only_active()
            if len(only) != 1:
                raise UserError(
                    self.env._(
                        "Variants of “%(product)s” differ by %(attribute)s here, which the shop does not say: link the "
                        "article to one of them.",
                        product=template.name,
                        attribute=row.attribute_id.name,
                    )
                )
            chosen.append(only)
        return self.env["product.template.attribute.value"].union(*chosen)

    def _prepare_variant_vals(self, template, line, offer, combination):
        return {
            "product_tmpl_id": template.id,
            "product_template_attribute_value_ids": [Command.set(combination.ids)],
            **self.channel_id._sku_values(line.sku),
            "barcode": line.barcode or False,
            "weight": float(offer.weight or 0),
        }

    def _products_of(self, vals_list):
        """Variants of these values; one that was archived is brought back rather than made twice."""
        Product = self.env["product.product"]
        template_ids = list({vals["product_tmpl_id"] for vals in vals_list})
        there = {
            (product.product_tmpl_id.id, frozenset(product.product_template_attribute_value_ids.ids)): product
            for product in Product.with_context(active_test=False).search([("product_tmpl_id", "in", template_ids)])
        }
        keys = [
            (vals["product_tmpl_id"], frozenset(vals["product_template_attribute_value_ids"][0][2]))
            for vals in vals_list
        ]
        for key, vals in zip(keys, vals_list, strict=True):
            if key in there:
                product = there[key]
                if product.active:
                    raise UserError(
                        self.env._(
                            "“%(product)s” is there already, with the SKU %(sku)s: link the article to it.",
                            product=product.display_name,
                            sku=product.default_code or "—",
                        )
                    )
                codes = self.channel_id._sku_values("")
                product.write({"active": True} | {name: vals[name] for name in codes})
        new = [key for key in keys if key not in there]
        created = Product.create([vals for key, vals in zip(keys, vals_list, strict=True) if key not in there])
        there |= dict(zip(new, created, strict=True))
        return [there[key] for key in keys]

    # === PRICES === #

    def _price(self, channel, documents, lines, offers, templates):
        """Give new products their prices: one, and what values of attributes add to it.

        Where no such sum gives the prices of all variants, the product has the lowest one, and its lines say so.
        """
        by_extra = defaultdict(list)
        for staged in lines.staged_id:
            template = templates[staged]
            mine = lines.filtered(lambda line, staged=staged: line.staged_id == staged)
            if len(template.product_variant_ids) != len(mine):
                continue  # it was there, with prices of its own
            priced = [
                (
                    frozenset(line.product_id.product_template_attribute_value_ids.ids),
                    Decimal(str(self._as_ours(template, offers[line].price))),
                )
                for line in mine
                if offers[line].price is not None
            ]
            found = variant_prices.extras(priced)
            if found is None:
                found = min(price for _values, price in priced), {}
                mine.write({"reason": self.env._("Its variants have prices that Odoo cannot keep: check them.")})
            base, extras = found
            template.list_price = float(base)
            for value, extra in extras.items():
                by_extra[float(extra)].append(value)
        for extra, ids in by_extra.items():
            self.env["product.template.attribute.value"].browse(ids).price_extra = extra

    def _as_ours(self, template, price):
        """A price of the shop, with or without tax as the product's own tax wants it."""
        taxes = template.taxes_id.filtered(lambda tax: tax.company_id == self.company_id)
        ours_included = bool(taxes) and all(tax.price_include for tax in taxes)
        price = float(price)
        if not price or not taxes or ours_included == self.prices_include_tax:
            return price
        amounts = taxes.with_context(force_price_include=self.prices_include_tax).compute_all(price)
        return amounts["total_excluded"] if self.prices_include_tax else amounts["total_included"]
