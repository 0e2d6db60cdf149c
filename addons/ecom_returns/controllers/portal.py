import base64

from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import AccessDenied, AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

MAX_PHOTOS = 6
MAX_BYTES = 10 * 1024 * 1024
PICTURES = {"image/jpeg", "image/png", "image/webp", "image/heic", "image/gif"}
# Odoo does not know the photos of telephones by itself: what such a file begins with, after its first four bytes.
HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1")


class ReturnPortal(CustomerPortal):
    """The page of an order's return, and the withdrawal from the contract, which needs no account."""

    # === WITHDRAWAL, BY ORDER NUMBER AND E-MAIL === #

    @http.route("/withdrawal", type="http", auth="public", website=True, sitemap=True)
    def withdrawal(self, **_kw):
        return request.render("ecom_returns.withdrawal_find", {"number": "", "email": ""})

    @http.route("/withdrawal/find", type="http", auth="public", methods=["POST"], website=True, sitemap=False)
    def withdrawal_find(self, number="", email="", **_kw):
        # Whoever guesses waits, as at Odoo's own login.
        tried = False
        try:
            with request.env["res.users"]._assert_can_auth(user=email):
                tried = True
                sale = request.env["sale.order"]._ecom_of_guest(number, email)
                if not sale:
                    raise AccessDenied
        except AccessDenied:
            values = {"number": number, "email": email, "failed": tried, "waits": not tried}
            return request.render("ecom_returns.withdrawal_find", values)
        return request.redirect(
            f"/my/orders/{sale.id}/return?access_token={sale._portal_ensure_token()}&kind=withdrawal"
        )

    # === THE ORDER'S PAGE === #

    @http.route("/my/orders/<int:order_id>/return", type="http", auth="public", website=True, sitemap=False)
    def return_form(self, order_id, access_token=None, kind="", **_kw):
        try:
            sale = self._document_check_access("sale.order", order_id, access_token=access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return request.render("ecom_returns.return_form", self._values(sale, kind, access_token))

    @http.route(
        "/my/orders/<int:order_id>/return/confirm",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def return_confirm(self, order_id, access_token=None, kind="", **post):
        try:
            sale = self._document_check_access("sale.order", order_id, access_token=access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = self._values(sale, kind, access_token)
        if values["unshipped"] or values["withdrawn"]:
            sale._ecom_withdraw_unshipped()
            return request.render("ecom_returns.return_done", {"sale_order": sale, "order": False, "stopped": True})
        quantities, rest = self._quantities(values["lines"], post), values["rest"] and post.get("rest")
        found = request.env["ecom.return"]
        try:
            with request.env.cr.savepoint():
                if rest:
                    sale._ecom_withdraw_unshipped()
                if quantities or not rest:
                    found = sale._ecom_ask(quantities, values["kind"], self._said(post))
        except UserError as error:
            return request.render("ecom_returns.return_form", values | {"error": str(error.args[0])})
        if found:
            self._keep_photos(found)
        return request.render("ecom_returns.return_done", {"sale_order": sale, "order": found, "stopped": rest})

    # === WHAT THE PAGE KNOWS === #

    def _values(self, sale, kind, access_token):
        lines = sale._ecom_portal_lines()
        until, passed = sale._ecom_withdrawal_until()
        consumer = not sale.partner_id.commercial_partner_id.is_company
        withdraws = consumer and not passed and (kind == "withdrawal" or not kind)
        stops = withdraws and sale._ecom_may_stop()
        rest = sale._ecom_rest_words() if stops else []
        return {
            "sale_order": sale,
            "lines": lines,
            "until": until,
            "passed": passed,
            "kind": "withdrawal" if withdraws else "terms",
            "unshipped": stops and not rest,
            "rest": rest,
            "withdrawn": not lines and sale.ecom_withdrawn_at,
            "reasons": request.env["ecom.return.reason"].sudo().search([]),
            "access_token": access_token,
            "page_name": "order",
            "error": "",
        }

    def _quantities(self, lines, post):
        found = {}
        for choice in lines:
            try:
                wanted = float((post.get(f"quantity_{choice['key']}") or "0").replace(",", "."))
            except ValueError:
                wanted = 0
            wanted = choice["uom"].round(min(wanted, choice["left"]))
            if wanted > 0:
                found[choice["key"]] = wanted
        return found

    def _said(self, post):
        wish = post.get("wish") if post.get("wish") in ("refund", "exchange", "repair", "credit") else "refund"
        reason = request.env["ecom.return.reason"].sudo().search([("code", "=", post.get("reason") or "")], limit=1)
        return {"wish": wish, "note": (post.get("note") or "").strip()[:4000] or False, "reason_id": reason.id}

    def _keep_photos(self, order):
        """Photos of what is wrong, few and not too large; whatever else was sent is left out."""
        for photo in request.httprequest.files.getlist("photos")[:MAX_PHOTOS]:
            content = photo.read(MAX_BYTES + 1)
            kind = "image/heic" if content[4:12] in HEIC else guess_mimetype(content)
            if len(content) <= MAX_BYTES and kind in PICTURES:
                request.env["ir.attachment"].sudo().create(
                    {
                        "name": (photo.filename or "photo")[:120],
                        "datas": base64.b64encode(content),
                        "mimetype": kind,
                        "res_model": "ecom.return",
                        "res_id": order.id,
                    }
                )
