"""What changes many records at once, and takes it back."""
