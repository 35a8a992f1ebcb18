"""Pages of the roof: those that compose several apps."""
