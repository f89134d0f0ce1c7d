"""Plain data to values and back."""
