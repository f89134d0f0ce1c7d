"""Plain data to values and back. The only place that knows cattrs."""
