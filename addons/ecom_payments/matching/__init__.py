"""Which money a bank line is: plain decisions, without Odoo. Amounts are ``Decimal`` in the line's own currency."""
