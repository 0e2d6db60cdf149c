from odoo import Command, models
from odoo.exceptions import UserError

from ...decisions import changes
from ...decisions.changes import Who
from ...platforms.documents import LineKind

DISPUTES = ("edit_conflict", "edited_too_late")


class EcomOrder(models.Model):
    """Following edits: what the shop changed alone is taken over, what both changed is settled by policy or person."""

    _inherit = "ecom.order"

    def _follow_changes(self, channel, document, policy=None):
        """Take over what the shop changed of the order, part by part.

        :param policy: who wins where both sides changed the same: "ask", "shop" or "odoo"; the channel's by default
        """
        found = self._compare(document)
        policy = policy or channel.edit_policy
        disputed = {part for part, who in found.items() if who is Who.BOTH}
        wanted = {part for part, who in found.items() if who is Who.SHOP} | (disputed if policy == "shop" else set())
        prices = self._repriced_lines(document, found, wanted)
        reasons = self._barriers(document, wanted, prices)
        late = {part for part in wanted if reasons.get(part)}
        wanted -= late
        prices = {
            line for line in prices if not reasons.get(f"price:{line}") and line not in map(changes.line_of, late)
        }
        if (wanted or prices) and not self._take_over(channel, document, wanted, prices, found):
            return
        self._agree(document)
        if policy == "odoo" and (disputed or late):
            self._keep_ours(document, disputed | late)
            disputed, late = set(), set()
            reasons = {}
        self._raise_disputes(channel, disputed if policy == "ask" else set(), reasons)

    def _repriced_lines(self, document, found, wanted):
        """The lines whose amounts are not the shop's any more, and about whose quantity nobody is at odds."""
        open_lines = {changes.line_of(part) for part in found if part not in wanted}
        repriced = set()
        known = {line._part_key(): line for line in self.line_ids}
        for line in document.lines:
            key = f"{line.kind.value}:{line.external_id}"
            sold = known[key]._sold()
            if not sold or key in open_lines or known[key].quantity_cancelled:
                continue
            currency = sold.currency_id
            if currency.compare_amounts(sum(sold.mapped("price_subtotal")), float(line.net)) or (
                currency.compare_amounts(sum(sold.mapped("price_tax")), float(line.tax))
            ):
                repriced.add(key)
        return repriced

    def _barriers(self, document, wanted, prices):
        """``{part or "price:<line>": why it cannot be followed}``."""
        reasons = {}
        if wanted:
            lines, address = self._lines_barrier(), self._address_barrier()
            for part in wanted:
                reasons[part] = address if part == "address" else lines
                if part != "address" and not lines:
                    reasons[part] = self._line_barrier(part, self._theirs(document).get(part))
        price = self._price_barrier() if prices else ""
        changing = {changes.line_of(part) for part in wanted}
        return {part: reason for part, reason in reasons.items() if reason} | (
            {f"price:{line}": price for line in prices if line not in changing} if price else {}
        )

    def _line_barrier(self, part, value):
        """Why one line cannot become what the shop says, although others may."""
        line = self.line_ids.filtered(lambda line: line._part_key() == changes.line_of(part))
        delivered = sum(line._sold().mapped("qty_delivered"))
        if not delivered:
            return ""
        if part.startswith("product:") or float(value or 0) < delivered:
            return self.env._("%(quantity)g × %(line)s were shipped already", quantity=delivered, line=line.name)
        return ""

    # === TAKING OVER === #

    def _take_over(self, channel, document, wanted, prices, found):
        """Write the parts into the sales order. :return: whether that was possible"""
        lookups = self._look_up(channel, {self: document})
        if problems := lookups.problems.get(self):
            self.state = "blocked"
            for code, key, message, data in problems:
                self.env["ecom.issue"]._raise(channel, code, order=self, key=key, message=message, data=data)
            return False
        sale_order = self.sale_order_id.with_context(ecom_from_shop=True, sale_no_log_for_new_lines=True)
        lines = {changes.line_of(part) for part in wanted if part != "address"} | prices
        self._print_again()
        before = sale_order.amount_total
        if lines:
            self._write_lines(channel, document, sale_order, lookups, lines)
            # What a person had taken out, and the shop put back, is owed no longer.
            self._refunded(max(0.0, sale_order.amount_total - before))
        if "address" in wanted:
            _partner, _invoice, delivery = lookups.customers[self.external_id]
            sale_order._change_delivery_address(delivery)
        if all(part in wanted for part in found) and not any(self.line_ids.mapped("quantity_cancelled")):
            self._check_totals(channel, document, sale_order)
        return True

    def _write_lines(self, channel, document, sale_order, lookups, lines):
        """Write changed lines with their amounts and lock together, add new ones, set removed ones to zero."""
        pricelist = sale_order.pricelist_id
        known = {line._part_key(): line for line in self.line_ids}
        draft = sale_order.state in ("draft", "sent")
        commands, present = [], set()
        for line in document.lines:
            key = f"{line.kind.value}:{line.external_id}"
            present.add(key)
            if key not in lines:
                continue
            ecom_line = known[key]
            ecom_line.quantity_cancelled = 0
            vals = self._prepare_sale_line_vals(channel, document, line, ecom_line, lookups, pricelist)
            current = ecom_line._current_line()
            if not current:
                commands.append(Command.create(vals))
            elif draft or current.product_id.id == vals["product_id"] or line.kind != LineKind.PRODUCT:
                names = ["product_uom_qty", "price_unit", "discount", "tax_ids", "extra_tax_data"]
                if current.product_id.id != vals["product_id"] and draft:
                    names += ["product_id", "name", "product_uom_id"]
                commands.append(Command.update(current.id, {name: vals[name] for name in names}))
            else:
                commands.append(Command.update(current.id, {"product_uom_qty": 0, "extra_tax_data": False}))
                commands.append(Command.create(vals | {"sequence": current.sequence}))
        for key in lines - present:
            for gone in known[key]._sold():
                commands.append(
                    Command.delete(gone.id)
                    if draft
                    else Command.update(gone.id, {"product_uom_qty": 0, "extra_tax_data": False})
                )
        commands += self._rounding_commands(channel, document, sale_order, lookups, pricelist)
        sale_order._unlocked(lambda: sale_order.write({"order_line": commands}))

    def _rounding_commands(self, channel, document, sale_order, lookups, pricelist):
        rounding = sale_order.order_line.filtered(
            lambda line: (
                not line.display_type and not line.ecom_line_id and line.product_id == channel.rounding_product_id
            )
        )[:1]
        residual = self._residual(document)
        if not residual:
            zero = {"price_unit": 0.0, "product_uom_qty": 0, "extra_tax_data": False}
            return [Command.update(rounding.id, zero)] if rounding else []
        vals = self._prepare_rounding_line_vals(channel, document, residual, lookups, pricelist)
        return [Command.update(rounding.id, vals) if rounding else Command.create(vals)]

    def _print_again(self):
        """A paper that was printed before the change is not true any more; its delivery takes the change all the same.

        Odoo adds nothing to a delivery that was printed: it would make another one.
        """
        printed = self.sale_order_ids.picking_ids.filtered(
            lambda picking: picking.printed and picking.state not in ("done", "cancel")
        )
        printed.printed = False
        for picking in printed:
            picking.message_post(
                body=self.env._(
                    "Order %(number)s was changed: print this delivery again.", number=self[:1].number or ""
                )
            )

    # === DISPUTES === #

    def _raise_disputes(self, channel, disputed, reasons):
        """Ask a person about what cannot be followed; close what was asked before and is settled by now."""
        Issue = self.env["ecom.issue"]
        asked = []
        if disputed:
            asked.append("edit_conflict")
            message = self.env._(
                "Order %(number)s was changed on the shop and in Odoo since they last agreed: %(what)s. Compare the "
                "two and choose.",
                number=self.number,
                what=self._name_parts(disputed),
            )
            Issue._raise(channel, "edit_conflict", order=self, message=message, blocking=False)
        if reasons:
            asked.append("edited_too_late")
            message = self.env._(
                "Order %(number)s was changed on the shop, but in Odoo %(reason)s. Compare the two and settle the "
                "difference by hand.",
                number=self.number,
                reason=", ".join(dict.fromkeys(reasons.values())),
            )
            Issue._raise(channel, "edited_too_late", order=self, message=message, blocking=False)
        self.issue_ids.filtered(lambda issue: issue.code in DISPUTES and issue.code not in asked)._solve()

    def _take_shops(self):
        """A person decided: the shop's word counts.

        :raise UserError: with the reason, when it cannot be followed any more
        """
        channel, document = self.channel_id._work_env(), self._document()
        order = self.with_env(channel.env)
        found = order._compare(document)
        wanted = set(found) - {part for part, who in found.items() if who is Who.ODOO}
        if reasons := self._barriers(document, wanted, set()):
            raise UserError(
                self.env._(
                    "The shop's version cannot be taken over any more: %(reason)s.",
                    reason=", ".join(dict.fromkeys(reasons.values())),
                )
            )
        order._follow_changes(channel, document, policy="shop")

    def _keep_ours(self, document, parts=None):
        """Odoo's word counts: what the shop says is taken note of, and the shop is told ours."""
        parts = set(self._compare(document)) if parts is None else parts
        self._agree(document, (), accepted=parts)
        self._tell_edits()

    def _accept_difference_of_sides(self, document):
        """The two sides differ and a person settled it otherwise: nobody is told, and nobody asks again."""
        self._agree(document, (), accepted=set(self._compare(document)))

    def _comparison(self):
        """What the two sides say differently, for people: ``[{what, ours, theirs, who}]``."""
        self.ensure_one()
        if not self.payload:
            return []
        document = self._document()
        found = self._compare(document)
        theirs = {f"{line.kind.value}:{line.external_id}": line for line in document.lines}
        lines = {line._part_key(): line for line in self.line_ids}
        rows = []
        if "address" in found:
            rows.append(
                {
                    "what": self.env._("Delivery address"),
                    "ours": self._address_text(self.sale_order_id.partner_shipping_id._ecom_address()),
                    "theirs": self._address_text(document.shipping or document.billing),
                    "who": found["address"].value,
                }
            )
        for key in dict.fromkeys(changes.line_of(part) for part in found if part != "address"):
            sides = [found[part].value for part in (changes.quantity_of(key), changes.product_of(key)) if part in found]
            line, shop_line = lines.get(key), theirs.get(key)
            sold = line._sold() if line else self.env["sale.order.line"]
            nothing = self.env._("not ordered")
            quantity = sum(sold.mapped("product_uom_qty"))
            rows.append(
                {
                    "what": (line or shop_line).name,
                    "ours": f"{quantity:g} × {line._current_line().product_id.display_name}" if quantity else nothing,
                    "theirs": f"{shop_line.quantity.normalize():f} × {shop_line.name}" if shop_line else nothing,
                    "who": sides[0],
                }
            )
        return rows

    @staticmethod
    def _address_text(address):
        return "\n".join(
            filter(
                None,
                (
                    address.company,
                    address.name,
                    address.street,
                    address.street2,
                    f"{address.zip} {address.city}".strip(),
                    address.country,
                ),
            )
        )
