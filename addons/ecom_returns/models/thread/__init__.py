"""The thread of an order on to what came back."""

from . import thread_returns
