from . import api_returns
