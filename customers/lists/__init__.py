"""The lists of this app: columns, filters, order, words; one module a noun."""
