"""Wire shapes: API answers and webhook bodies."""
