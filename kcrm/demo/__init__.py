"""The demo company: Northwind Traders with its people, customers, three years' worth of story, all through services."""
