"""PrestaShop 1.7, 8 and 9."""

from .platform import PrestaShop

__all__ = ["PrestaShop"]
