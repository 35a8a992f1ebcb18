"""Which of the visible rows? One module a noun."""
