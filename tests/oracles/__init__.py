"""Second, slower ways to the same numbers, written apart from the package."""
