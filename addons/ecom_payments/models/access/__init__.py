from . import told_by_gateways
