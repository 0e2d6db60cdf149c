from . import thread_returns
