"""What changes custom fields."""
