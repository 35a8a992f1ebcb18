"""What pages need to know about our own people."""
