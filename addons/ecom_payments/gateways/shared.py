"""What gateways take from the platforms: how HTTP is spoken, how it fails, and how sentences are marked.

Both are plain Python in folders of two addons, under two names each: Odoo puts them below ``odoo.addons``, tests and
tools put each addon's folder on the path. A relative import reaches across in the first case alone, so the name is
worked out here, once; everything else in this package imports from here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platforms.errors import PlatformError
    from platforms.facts import CONNECTION_CODES, BalancePage, CommandResult, ConnectionReport, CredentialField, Raw
    from platforms.tokens import MemoryTokens, Token, TokenStore
    from platforms.transport import Response, Transport, loopback
    from platforms.values import decimal, identifier, rows, text, utc, utc_or_none
    from platforms.words import _, said
else:
    _addons = __name__.rpartition(".ecom_payments.")[0]
    _platforms = f"{_addons}.ecom_connector.platforms" if _addons else "platforms"
    _errors, _facts, _tokens, _transport, _values, _words = (
        import_module(f"{_platforms}.{name}") for name in ("errors", "facts", "tokens", "transport", "values", "words")
    )
    PlatformError = _errors.PlatformError
    BalancePage = _facts.BalancePage
    CommandResult, ConnectionReport = _facts.CommandResult, _facts.ConnectionReport
    CONNECTION_CODES = _facts.CONNECTION_CODES
    CredentialField, Raw = _facts.CredentialField, _facts.Raw
    MemoryTokens, Token, TokenStore = _tokens.MemoryTokens, _tokens.Token, _tokens.TokenStore
    Response, Transport, loopback = _transport.Response, _transport.Transport, _transport.loopback
    decimal, identifier, rows, text = _values.decimal, _values.identifier, _values.rows, _values.text
    utc, utc_or_none = _values.utc, _values.utc_or_none
    _, said = _words._, _words.said

__all__ = [
    "CONNECTION_CODES",
    "BalancePage",
    "CommandResult",
    "ConnectionReport",
    "CredentialField",
    "MemoryTokens",
    "PlatformError",
    "Raw",
    "Response",
    "Token",
    "TokenStore",
    "Transport",
    "_",
    "decimal",
    "identifier",
    "loopback",
    "rows",
    "said",
    "text",
    "utc",
    "utc_or_none",
]
