"""A month of trade, made up: what happens (``trade``), and the books of whoever handles the money (``books``)."""
