"""Errors in the shapes that WordPress and WooCommerce give them."""

from __future__ import annotations

from typing import Any


class RestError(Exception):
    """An error answer: ``{"code", "message", "data"}``.

    :param data: what stands in ``data``; the default is ``{"status": status}``.
    """

    def __init__(self, code: str, message: str, status: int, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.data = {"status": status} if data is None else data

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        return {"code": self.code, "message": self.message, "data": self.data}


class InvalidParams(RestError):
    """``rest_invalid_param``, with one message for each parameter (observed on WooCommerce 10.9.1)."""

    def __init__(self, details: dict[str, dict[str, Any]]) -> None:
        super().__init__(
            "rest_invalid_param",
            f"Invalid parameter(s): {', '.join(details)}",
            400,
            {
                "status": 400,
                "params": {name: detail["message"] for name, detail in details.items()},
                "details": details,
            },
        )


def invalid_id(resource: str, status: int = 404) -> RestError:
    """The answer to an unknown id, such as ``woocommerce_rest_product_invalid_id``."""
    return RestError(f"woocommerce_rest_{resource}_invalid_id", "Invalid ID.", status)


def missing_params(*names: str) -> RestError:
    """``rest_missing_callback_param``: a required parameter is absent."""
    return RestError(
        "rest_missing_callback_param",
        f"Missing parameter(s): {', '.join(names)}",
        400,
        {"status": 400, "params": list(names)},
    )


def trashing_not_supported(resource: str) -> RestError:
    """The 501 to a DELETE without ``force=true`` of what has no bin."""
    return RestError(
        "woocommerce_rest_trash_not_supported", f"The {resource} does not support trashing.", 501, {"status": 501}
    )
