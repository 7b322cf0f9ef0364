"""Security questions in a visit: chosen and answered, and asked again."""
