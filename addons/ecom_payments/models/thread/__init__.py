from . import thread_money
