from . import counter, stock_figures, stock_quant
