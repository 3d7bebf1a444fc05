"""What runs estimators: the bootstrap."""
