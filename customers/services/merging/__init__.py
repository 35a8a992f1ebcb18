"""Make several records one, and take it back."""
