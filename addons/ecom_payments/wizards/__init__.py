from . import gateway_setup
