from . import gateway_files
