"""The thread of an order on to its money, up to the bank."""

from . import thread_money
