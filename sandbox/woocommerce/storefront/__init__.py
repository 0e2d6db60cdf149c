"""The shop's pages, where a person orders and watches stock and states change."""
