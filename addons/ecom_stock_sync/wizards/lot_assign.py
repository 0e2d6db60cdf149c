import re

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

# "L7 x 3", "L7 × 3", "L7;3" or "L7<tab>3": a lot and how many of it
WITH_QUANTITY = re.compile(r"^(?P<name>.+?)(?:\s+[x×*]\s*|\s*[;\t]\s*)(?P<quantity>\d+(?:[.,]\d+)?)$")


class EcomLotAssign(models.TransientModel):
    """Say which lots and serials left with a delivery that somebody else shipped: scanned, typed or pasted."""

    _name = "ecom.lot.assign"
    _description = "Assign Lots"

    picking_id = fields.Many2one("stock.picking", string="Delivery", required=True, ondelete="cascade", readonly=True)
    order_name = fields.Char(compute="_compute_order_name", string="Order", compute_sudo=True)
    names = fields.Text(
        string="Lots and Serials",
        help="One a line, as a scanner writes them. “L7 x 3” for three of lot L7; a lot alone stands for all that is "
        "still missing of its product.",
    )
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    complete = fields.Boolean(compute="_compute_summary")

    @api.depends("picking_id")
    def _compute_order_name(self):
        for wizard in self:
            picking = wizard.picking_id
            wizard.order_name = picking.ecom_order_id.display_name or picking.origin or ""

    def _moves(self):
        return self.picking_id.move_ids.filtered(
            lambda move: move.product_id.tracking != "none" and move.state not in ("done", "cancel")
        )

    def _read_names(self):
        """What is written, looked up at once.

        :return: ``([(move, lot, quantity in the product's unit)], problems in words)``
        """
        self.ensure_one()
        moves = self._moves()
        written = [line.strip() for line in (self.names or "").splitlines() if line.strip()]
        parsed = []
        for line in written:
            match = WITH_QUANTITY.match(line)
            if match:
                parsed.append((match["name"].strip(), float(match["quantity"].replace(",", ".")), line))
            else:
                parsed.append((line, None, line))
        names = {name for name, _quantity, _line in parsed} | set(written)
        lots = self.env["stock.lot"].search([("product_id", "in", moves.product_id.ids), ("name", "in", list(names))])
        by_name = {lot.name: lot for lot in lots}
        left = {move: move.product_qty for move in moves}
        taken, problems, seen = [], [], set()
        for name, quantity, line in parsed:
            # A name may look as if it had a quantity.
            lot, quantity = (by_name[line], None) if line in by_name else (by_name.get(name), quantity)
            if not lot:
                problems.append(self.env._("%(name)s: no lot or serial of these products.", name=name))
                continue
            serial = lot.product_id.tracking == "serial"
            if lot in seen and serial:
                problems.append(self.env._("%(name)s is entered twice.", name=lot.name))
                continue
            seen.add(lot)
            of_product = [move for move in moves if move.product_id == lot.product_id]
            wanted = 1.0 if serial else quantity if quantity is not None else sum(left[move] for move in of_product)
            for move in of_product:
                part = min(wanted, left[move])
                if part > 0:
                    taken.append((move, lot, part))
                    left[move] -= part
                    wanted -= part
            if wanted > 0:
                problems.append(
                    self.env._(
                        "%(name)s: more of %(product)s than was ordered.",
                        name=lot.name,
                        product=lot.product_id.display_name,
                    )
                )
        return taken, problems

    @api.depends("names", "picking_id")
    def _compute_summary(self):
        for wizard in self:
            taken, problems = wizard._read_names()
            rows, complete = [], not problems
            for move in wizard._moves():
                given = sum(part for other, _lot, part in taken if other == move)
                full = move.product_id.uom_id.compare(given, move.product_qty) == 0
                complete = complete and full
                rows.append(
                    Markup('<div class="%s"><i class="fa fa-fw %s"></i> %s</div>')
                    % (
                        "text-success" if full else "",
                        "fa-check" if full else "fa-barcode",
                        self.env._(
                            "%(product)s: %(given)g of %(wanted)g",
                            product=move.product_id.display_name,
                            given=given,
                            wanted=move.product_qty,
                        ),
                    )
                )
            rows += [
                Markup('<div class="text-danger"><i class="fa fa-fw fa-warning"></i> %s</div>') % problem
                for problem in problems
            ]
            wizard.summary = Markup().join(rows)
            wizard.complete = complete

    def action_apply(self):
        self.ensure_one()
        self.picking_id.check_access("write")
        taken, problems = self._read_names()
        if problems:
            raise UserError("\n".join(problems))
        self.picking_id._assign_lots(taken)
        return {"type": "ir.actions.act_window_close"}
