from odoo import api, fields, models
from odoo.exceptions import UserError

from .customer import _fold

MOST = 3  # a number that more contacts share is a switchboard, or made up


class EcomCustomerDistinct(models.Model):
    """Two contacts that a person said are different people: they are not proposed as doubles again."""

    _name = "ecom.customer.distinct"
    _description = "Different People"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    other_partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)

    _pair_unique = models.Constraint("UNIQUE(partner_id, other_partner_id)", "This pair was settled already.")

    @api.model
    def _pairs(self, partners):
        """``{(lower id, higher id)}`` of pairs with any of these contacts."""
        rows = self.search(["|", ("partner_id", "in", partners.ids), ("other_partner_id", "in", partners.ids)])
        return {tuple(sorted((row.partner_id.id, row.other_partner_id.id))) for row in rows}

    @api.model
    def _remember(self, partner, other):
        lower, higher = (partner | other).sorted("id")
        if (lower.id, higher.id) not in self._pairs(lower):
            self.create({"partner_id": lower.id, "other_partner_id": higher.id})


class EcomCustomer(models.Model):
    """A new contact that may be an old one: proposed to a person, never merged by itself."""

    _inherit = "ecom.customer"

    @api.model
    def _propose_duplicates(self, channel, partners):
        """Open an issue for each new contact whose phone number, or whose name and postcode, an older one has."""
        found = self._look_alikes(channel, partners)
        if not found:
            return
        settled = self.env["ecom.customer.distinct"]._pairs(partners)
        for partner, others in found.items():
            for other, why in others.items():
                pair = tuple(sorted((partner.id, other.id)))
                if pair in settled:
                    continue
                self.env["ecom.issue"]._raise(
                    channel,
                    "possible_duplicate",
                    key=f"{pair[0]}-{pair[1]}",
                    blocking=False,
                    message=self.env._(
                        "%(new)s may be the same customer as %(old)s: %(why)s.",
                        new=partner.display_name,
                        old=other.display_name,
                        why=why,
                    ),
                    data={"partner": partner.id, "other": other.id},
                ).write({"partner_id": partner.id, "other_partner_id": other.id})

    @api.model
    def _look_alikes(self, channel, partners):
        """``{new contact: {older contact: why}}``, in two look-ups."""
        Partner = self.env["res.partner"]
        main = [
            ("parent_id", "=", False),
            ("id", "not in", partners.ids),
            *Partner._check_company_domain(channel.company_id),
        ]
        phones = {partner.phone_sanitized for partner in partners} - {False}
        by_phone = {}
        if phones:
            for other in Partner.search([*main, ("phone_sanitized", "in", list(phones))], order="id"):
                by_phone.setdefault((other.phone_sanitized, other.is_company), []).append(other)
        named = partners.filtered(lambda partner: partner.name and partner.zip)
        by_place = {}
        if named:
            spellings = {how(name) for name in named.mapped("name") for how in (str, str.upper, str.lower, str.title)}
            domain = [*main, ("zip", "in", named.mapped("zip")), ("name", "in", list(spellings))]
            for other in Partner.search(domain, order="id"):
                by_place.setdefault((_fold(other.name), other.zip, other.is_company), []).append(other)
        found = {}
        for partner in partners:
            same_phone = by_phone.get((partner.phone_sanitized, partner.is_company), [])
            if len(same_phone) <= MOST:
                for other in same_phone:
                    found.setdefault(partner, {})[other] = self.env._("the same phone number")
            for other in by_place.get((_fold(partner.name), partner.zip, partner.is_company), [])[:MOST]:
                found.setdefault(partner, {}).setdefault(other, self.env._("the same name and postcode"))
        return found


class EcomIssue(models.Model):
    """The proposal: one click opens Odoo's own merge, another remembers that they are two people."""

    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("possible_duplicate", "Possible duplicate")], ondelete={"possible_duplicate": "cascade"}
    )
    partner_id = fields.Many2one("res.partner", string="New Contact", ondelete="cascade", readonly=True)
    other_partner_id = fields.Many2one("res.partner", string="Known Contact", ondelete="cascade", readonly=True)
    partner_email = fields.Char(related="partner_id.email", string="New Contact's E-mail")
    other_partner_email = fields.Char(related="other_partner_id.email", string="Known Contact's E-mail")
    partner_phone = fields.Char(related="partner_id.phone", string="New Contact's Phone")
    other_partner_phone = fields.Char(related="other_partner_id.phone", string="Known Contact's Phone")
    partner_has_account = fields.Boolean(compute="_compute_partner_has_account", compute_sudo=True)
    link_is_better = fields.Boolean(
        string="Link Rather Than Merge", compute="_compute_partner_has_account", compute_sudo=True
    )

    @api.depends("partner_id.ecom_customer_ids", "partner_id.email", "other_partner_id.email")
    def _compute_partner_has_account(self):
        """Contacts with different e-mail addresses are merged by administrators alone, so Odoo: linking is the way."""
        for issue in self:
            issue.partner_has_account = bool(issue.partner_id.ecom_customer_ids)
            addresses = {partner.email for partner in (issue.partner_id, issue.other_partner_id)} - {False}
            issue.link_is_better = issue.partner_has_account and len(addresses) > 1

    @api.depends("code")
    def _compute_remedy(self):
        doubles = self.filtered(lambda issue: issue.code == "possible_duplicate")
        for issue in doubles:
            issue.remedy = (
                self.env._("Link the account or merge them, or say that they are different people")
                if issue.link_is_better
                else self.env._("Merge them, or say that they are different people")
            )
        return super(EcomIssue, self - doubles)._compute_remedy()

    def action_fix(self):
        doubles = self.filtered(lambda issue: issue.code == "possible_duplicate" and issue.state == "open")
        if len(doubles) > 1:
            raise UserError(self.env._("Possible duplicates are decided one by one."))
        if doubles and doubles == self:
            return doubles.action_merge_partners()
        return super(EcomIssue, self - doubles).action_fix()

    def action_merge_partners(self):
        """Odoo's own merge, with both contacts chosen: what it forbids stays forbidden."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Contacts"),
            "res_model": "base.partner.merge.automatic.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": "res.partner",
                "active_ids": (self.partner_id | self.other_partner_id).ids,
            },
        }

    def action_link_account(self):
        """The same person with two contacts: orders to come belong to the one that was known."""
        self.ensure_one()
        self.check_access("write")
        self.sudo().partner_id.ecom_customer_ids.partner_id = self.other_partner_id
        self._solve()
        return True

    def action_dismiss(self):
        """Whoever closes a proposal says that they are different people."""
        self.check_access("write")
        for issue in self:
            if issue.code == "possible_duplicate" and issue.partner_id and issue.other_partner_id:
                self.env["ecom.customer.distinct"].sudo()._remember(issue.partner_id, issue.other_partner_id)
        return super().action_dismiss()
