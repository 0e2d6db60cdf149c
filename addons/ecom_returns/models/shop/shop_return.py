from odoo import fields, models
from odoo.addons.ecom_connector.platforms.values import digest
from odoo.exceptions import UserError, ValidationError

from ..returns.return_order import ENDED_STATES, OPEN_STATES


class EcomOrderReturn(models.Model):
    """What the shop says of a return, followed once: a return of ours is made, or goes on."""

    _inherit = "ecom.order.return"

    return_ids = fields.One2many("ecom.return", "shop_return_id", string="Returns")
    followed = fields.Char(help="Fingerprint of what was followed last: the same again changes nothing.")

    def _print(self):
        self.ensure_one()
        return digest([self.state, self.lines or [], self.exchanges or [], self.tracking or ""])

    def _has_news(self):
        self.ensure_one()
        return self.followed != self._print()

    def _follow_alone(self):
        """Follow what is new; where it cannot be followed, it stops neither the other returns nor the order."""
        self.ensure_one()
        if not self._has_news():
            return
        order = self.order_id
        try:
            with self.env.cr.savepoint():
                self._follow()
        except (UserError, ValidationError) as error:
            self.env["ecom.issue"]._raise(
                order.channel_id,
                "return_stopped",
                order=order,
                key=self.external_id,
                blocking=False,
                message=self.env._(
                    "Return %(number)s, asked for on the shop for order %(order)s, is not in Odoo as the shop has it: "
                    "%(error)s",
                    number=self.number,
                    order=order.number,
                    error=error.args[0],
                ),
            )
        else:
            order.issue_ids.filtered(
                lambda issue: issue.code == "return_stopped" and issue.key == self.external_id
            )._solve()

    def _follow(self):
        self.ensure_one()
        ours = self.return_ids[:1]
        if ours:
            self._follow_tracking(ours)
            self._follow_lines(ours)
            getattr(self, f"_follow_{self.state}")(ours)
        elif self.state not in ("declined", "cancelled") and not self._is_history():
            self._take_in()
        self.followed = self._print()

    def _is_history(self):
        """Whether it was over before Odoo knew its order: nothing is to be done about it, nor is any parcel awaited."""
        began = self.requested_at or self.order_id.create_date
        return self.state == "closed" and began < self.order_id.create_date and not self._same()

    def _same(self):
        """The return that was made here, as the shop was told, or for exactly these goods, whoever asked for it."""
        if self.our_key and (made := self._made_for(self.channel_id, self.our_key)):
            return made
        goods = {sold: row["quantity"] for sold, row in self._goods().items()}
        return self.order_id.sale_order_id.ecom_return_ids.filtered(
            lambda order: order.state not in ENDED_STATES and not order.shop_return_id and order._is_about(goods)
        )[:1]

    def _take_in(self):
        """Tie the return that was made here for the same goods, else make one."""
        if same := self._same():
            same.shop_return_id = self
            same._call_off_begun()
            self._follow_tracking(same)
            getattr(self, f"_follow_{self.state}")(same)
            same._tell_shop_state()
            return
        Return = self.env["ecom.return"].with_company(self.order_id.company_id)
        ours = Return.create(self._prepare_return(self._goods()))
        if self.state == "requested":
            ours._acknowledge()

    # === WHAT BECAME OF IT ON THE SHOP === #

    def _follow_requested(self, ours):
        """Nobody answered there: we do."""

    def _follow_open(self, ours):
        if ours.state == "requested":
            ours._approve()

    def _follow_closed(self, ours):
        self._follow_open(ours)
        if ours.state == "settled":
            ours.state = "closed"
        elif ours.state in OPEN_STATES:
            ours.message_post(
                body=self.env._("The return was closed on the shop. Here it goes on until the goods and the money are.")
            )

    def _follow_declined(self, ours):
        if not self._may_end(ours):
            return
        if ours._is_protected():
            raise UserError(
                self.env._(
                    "it was declined on the shop, but it is a withdrawal within the legal time, which may not be: "
                    "return %(name)s goes on. Tell the customer.",
                    name=ours.name,
                )
            )
        ours._decline(self.answer or self.env._("Declined on the shop."))

    def _follow_cancelled(self, ours):
        if self._may_end(ours):
            ours._cancel()

    def _may_end(self, ours):
        """Whether nothing is here yet; else a person is told, and what is under way goes on."""
        if ours.state in ("declined", "cancelled", "closed"):
            return False
        begun = ours.settled_at or any(ours.line_ids.mapped("quantity_back"))
        if ours.state in ("requested", "approved", "awaiting") and not begun:
            return True
        ours.message_post(body=self.env._("The return was ended on the shop, but its goods or its money are here."))
        return False

    def _follow_tracking(self, ours):
        if self.tracking and not ours.tracking_ref:
            ours.tracking_ref = self.tracking

    def _follow_lines(self, ours):
        """The customer may change what they ask for until somebody agreed to it."""
        goods = self._goods()
        lines = {line.sale_line_id: line for line in ours.line_ids}
        told = {sold: row["quantity"] for sold, row in goods.items()}
        if told in ({sold: line.quantity for sold, line in lines.items()}, ours._goods_for_shop()):
            return
        if ours.state not in ("requested", "approved"):
            if ours.state in OPEN_STATES:
                ours.message_post(
                    body=self.env._(
                        "On the shop the return is now about %(goods)s. Here it is as it was agreed.",
                        goods=", ".join(f"{row['quantity']:g} {sold.name}" for sold, row in goods.items()),
                    )
                )
            return
        for sold, line in lines.items():
            if sold not in goods:
                line.unlink()
            elif line.quantity != goods[sold]["quantity"]:
                line.quantity = goods[sold]["quantity"]
        self.env["ecom.return.line"].create(
            [
                values | {"return_id": ours.id}
                for sold, values in self._prepare_lines(goods).items()
                if sold not in lines
            ]
        )
