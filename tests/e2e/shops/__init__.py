"""The shops that the stories are told over: one module for each, all with the same words (:mod:`shops.driver`)."""
