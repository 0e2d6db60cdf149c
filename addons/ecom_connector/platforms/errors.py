"""The one error that platforms raise."""

from __future__ import annotations


class PlatformError(Exception):
    """The shop refused or failed. ``message`` has neither secrets nor personal data.

    :param code: the vendor's code, a code of ``base.CONNECTION_CODES``, or one of ``rate_limited``, ``bad_answer``,
        ``too_large``, ``refused`` (any other 4xx)
    :param status: the HTTP status, 0 when no answer came
    :param retry: whether the same call may succeed later
    :param retry_after: seconds to wait before any call to this shop, where it said so
    :param in_doubt: the call may have taken effect although no usable answer came: look before sending it again
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 0,
        retry: bool = False,
        retry_after: float | None = None,
        in_doubt: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.retry = retry
        self.retry_after = retry_after
        self.in_doubt = in_doubt

    def unsent(self) -> PlatformError:
        """The same as said of a call that was not made because of it: nothing of that one can have taken effect."""
        return PlatformError(
            self.code, self.message, status=self.status, retry=self.retry, retry_after=self.retry_after
        )

    def __repr__(self) -> str:
        flags = [name for name in ("retry", "in_doubt") if getattr(self, name)]
        return f"PlatformError({self.code!r}, {self.message!r}, status={self.status}{''.join(', ' + f for f in flags)})"
