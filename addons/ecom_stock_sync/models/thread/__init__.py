"""The thread of an order on to the serials that left."""

from . import thread_serials
