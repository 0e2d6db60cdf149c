import hashlib
import json
from datetime import timezone

from odoo import fields, models
from odoo.tools import SQL
from psycopg2.errors import SerializationFailure

from ...platforms.tokens import Token

UTC = timezone.utc
MAX_TRIES = 5


class EcomToken(models.Model):
    """The access token of a channel whose shop changes it now and then. Nobody but the lanes has to do with it."""

    _name = "ecom.token"
    _description = "Access Token"
    _log_access = False
    _rec_name = "channel_id"

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade")
    access = fields.Char(groups="base.group_system")
    refresh = fields.Char(groups="base.group_system")
    expires_at = fields.Datetime()
    credentials = fields.Char(groups="base.group_system", help="A digest of the credentials that it was fetched with.")

    _channel_unique = models.Constraint("UNIQUE(channel_id)", "A channel has one token.")


class ChannelTokens:
    """A :class:`TokenStore`: locks, reads again, fetches and commits on cursors of its own.

    So no rollback of a lane loses a refresh token that can be spent only once, and the lane that waited for the lock
    finds what the other one fetched.
    """

    def __init__(self, channel, credentials):
        self._registry = channel.env.registry
        self._channel_id = channel.id
        self._credentials = hashlib.sha256(json.dumps(sorted(credentials.items())).encode()).hexdigest()
        self._seen = None

    def read(self):  # pylint: disable=method-required-super
        with self._registry.cursor() as cr:
            self._seen = self._stored(cr)
        return self._seen

    def refresh(self, fetch):
        for attempt in range(1, MAX_TRIES + 1):
            try:
                with self._registry.cursor() as cr:
                    stored = self._stored(cr, lock=True)
                    if stored and stored != self._seen:
                        self._seen = stored
                        return stored
                    self._seen = self._keep(cr, fetch(stored))
                return self._seen
            except SerializationFailure:  # another lane changed it while this one waited: only ever before fetching
                if attempt == MAX_TRIES:
                    raise
        return None

    def _stored(self, cr, lock=False):
        if lock:
            cr.execute(
                SQL(
                    "INSERT INTO ecom_token (channel_id) VALUES (%s) ON CONFLICT (channel_id) DO NOTHING",
                    self._channel_id,
                ),
                log_exceptions=False,
            )
        cr.execute(
            SQL(
                "SELECT access, refresh, expires_at, credentials FROM ecom_token WHERE channel_id = %s %s",
                self._channel_id,
                SQL("FOR UPDATE" if lock else ""),
            ),
            log_exceptions=False,
        )
        row = cr.fetchone()
        if not row or row[3] != self._credentials:
            return None  # none yet, or that of credentials which were replaced
        access, refresh, expires_at, _credentials = row
        return Token(access, refresh or "", expires_at and expires_at.replace(tzinfo=UTC))

    def _keep(self, cr, token):
        cr.execute(
            SQL(
                "UPDATE ecom_token SET access = %s, refresh = %s, expires_at = %s, credentials = %s"
                " WHERE channel_id = %s",
                token.access,
                token.refresh or None,
                token.expires_at and token.expires_at.astimezone(UTC).replace(tzinfo=None),
                self._credentials,
                self._channel_id,
            )
        )
        return token
