from odoo import http
from odoo.http import request


class EcomMedia(http.Controller):
    """Where a shop that cannot be given files fetches pictures and documents: those of its channel alone."""

    @http.route(
        "/ecom/media/<int:channel_id>/<string:checksum>/<string:signature>/<string:name>",
        type="http",
        auth="public",
        methods=["GET", "HEAD"],
        save_session=False,
        readonly=True,
    )
    def fetch(self, channel_id, checksum, signature, name):
        row = request.env["ecom.media"].sudo()._by_address(channel_id, checksum, signature)
        if not row:
            raise request.not_found()
        stream = request.env["ir.binary"].sudo()._get_stream_from(row.attachment_id, filename=row.name)
        stream.public = True
        response = stream.get_response(as_attachment=False, immutable=True)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
