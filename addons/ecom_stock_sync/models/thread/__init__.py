from . import thread_serials
