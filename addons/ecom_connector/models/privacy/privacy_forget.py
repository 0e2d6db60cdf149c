from odoo import models

CONTACT = ("email", "phone", "comment")
ADDRESS = ("street", "street2", "zip", "city", "vat", "state_id", "country_id")
ORDER = ("payload", "customer_name", "email", "phone", "note", "gift_message", "pickup_point")


class EcomPrivacyRequest(models.Model):
    """Forgetting: what no law has kept is emptied, what a law has kept stays where the law wants it, and no further.

    An invoice keeps its customer's name and address for as long as the books have to be kept (ten years in France,
    article L123-22 of the code de commerce).
    """

    _inherit = "ecom.privacy.request"

    def _carry_out_customer_redact(self):
        self.ensure_one()
        under_way = self.order_ids.filtered(
            lambda order: (
                order.sale_order_id.state == "sale" and order.sale_order_id.delivery_status not in ("full", False)
            )
        )
        if under_way:
            numbers = ", ".join(under_way.mapped("number"))
            self._wait(self.env._("Waits until these orders are shipped or cancelled: %(numbers)s.", numbers=numbers))
            return
        self._done(self._forget(self.partner_ids, self.order_ids))

    def _carry_out_shop_redact(self):
        """The shop no longer works with us. Its keys and raw documents go at once; whether its customers stay is for
        a person to say: they are the merchant's own."""
        self.ensure_one()
        channel = self.channel_id
        orders = self.env["ecom.order"].search([("channel_id", "=", channel.id)])
        orders.write({"payload": False})
        channel.state = "paused"
        channel.sudo().credential_ids.write({"value": False})
        self.env["ecom.token"].sudo().search([("channel_id", "=", channel.id)]).unlink()
        self.result = self.env._("The channel is paused; its keys and the raw documents of its orders are gone.")
        self._ask_person(
            self.env._(
                "%(channel)s no longer works with us and asks that its customers be forgotten before %(date)s. Forget "
                "those whom nothing else ties to you, or note that they are your own customers.",
                channel=channel.name,
                date=self.due_date,
            )
        )

    def action_forget_all(self):
        """Forget all customers of a shop that left."""
        self.ensure_one()
        self.check_access("write")
        request = self.sudo()
        mine = [("channel_id", "=", request.channel_id.id)]
        orders = self.env["ecom.order"].sudo().search(mine)
        partners = self.env["ecom.customer"].sudo().search(mine).partner_id | orders.sale_order_ids.partner_id
        done = request._forget(partners, orders)
        request._done("\n".join(filter(None, (request.result, done))))
        return True

    def _forget(self, partners, orders):
        """Empty what is known of these contacts and in these orders.

        :return: what was done, a line for each kind of thing
        """
        channel = self.channel_id
        ids = orders.mapped("external_id")
        self.env["ecom.event"].search(
            [("channel_id", "=", channel.id), ("external_id", "in", [*ids, self.external_id or "-"])]
        ).write({"body": False})
        orders.write(dict.fromkeys(ORDER, False))
        orders.shop_return_ids._forget_notes()
        orders.command_ids.filtered(lambda command: command.state == "done").write({"payload": False})
        self.env["ecom.customer"].search([("channel_id", "=", channel.id), ("partner_id", "in", partners.ids)]).unlink()
        elsewhere = self._known_elsewhere(partners)
        in_books = self._invoices(partners - elsewhere).commercial_partner_id
        gone = (partners - elsewhere).filtered(lambda partner: partner.commercial_partner_id not in in_books)
        kept = partners - elsewhere - gone
        self._empty(gone, (*CONTACT, *ADDRESS), name=self.env._("Forgotten customer"))
        self._empty(kept, CONTACT)
        lines = [self.env._("Orders without personal data from now on: %(count)s.", count=len(orders))]
        if gone:
            lines.append(self.env._("Contacts emptied: %(count)s.", count=len(gone)))
        if kept:
            lines.append(
                self.env._(
                    "Archived without e-mail and telephone, name and address kept for the invoices that the law has "
                    "kept: %(count)s.",
                    count=len(kept),
                )
            )
        if elsewhere:
            lines.append(
                self.env._(
                    "Kept, as another shop, a user or your own purchases need them: %(names)s.",
                    names=", ".join(elsewhere.mapped("display_name")),
                )
            )
        return "\n".join(lines)

    def _known_elsewhere(self, partners):
        """Those that somebody else needs: accounts at other shops, users, suppliers."""
        accounts = self.env["ecom.customer"].sudo().search([("partner_id", "in", partners.ids)])
        return partners.filtered(
            lambda partner: partner in accounts.partner_id or partner.user_ids or partner.supplier_rank > 0
        )

    def _empty(self, partners, names, **values):
        contacts = (partners | partners.with_context(active_test=False).child_ids).with_context(tracking_disable=True)
        contacts.write(dict.fromkeys(names, False) | values | {"active": False})
