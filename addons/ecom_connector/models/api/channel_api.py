import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import remove_accents

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class EcomChannel(models.Model):
    """How an external shop names a channel when it calls ``ecom.api``."""

    _inherit = "ecom.channel"

    code = fields.Char(
        copy=False,
        help="What a shop that calls Odoo names this channel by. Once the shop uses it, leave it as it is.",
    )

    _code_unique = models.UniqueIndex("(code)", "Another channel has this code.")

    @api.constrains("code")
    def _check_code(self):
        for channel in self:
            if not CODE.fullmatch(channel.code or ""):
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” may only have small letters, digits and hyphens, 32 at most.",
                        code=channel.code or "",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Give each channel a code made of its name, where none is chosen."""
        taken = set(self.sudo().with_context(active_test=False).search([("code", "!=", False)]).mapped("code"))
        taken |= {vals.get("code") for vals in vals_list}
        coded = []
        for vals in vals_list:
            code = vals.get("code") or self._free_code(vals.get("name") or "", taken)
            taken.add(code)
            coded.append(vals | {"code": code})
        return super().create(coded)

    @api.model
    def _free_code(self, name, taken):
        stem = re.sub(r"[^a-z0-9]+", "-", remove_accents(name).lower()).strip("-")[:24].strip("-") or "shop"
        code, number = stem, 1
        while code in taken:
            number += 1
            code = f"{stem}-{number}"
        return code

    def _explain_api(self):
        """What is left to do so that a shop that calls Odoo can do so."""
        self.ensure_one()
        users = self.sudo().user_ids.filtered(lambda user: user.has_group("ecom_connector.group_api"))
        sentence = self.env._("The shop calls Odoo and names this channel “%(code)s”.", code=self.code)
        if users:
            return f"{sentence} " + self.env._(
                "It does so as %(users)s, with an API key of theirs.", users=", ".join(users.mapped("login"))
            )
        return f"{sentence} " + self.env._(
            "No user can do so yet: create one with the role “External Shop (API)”, name it under People, and have it "
            "create an API key in its preferences."
        )
