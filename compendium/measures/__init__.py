"""Pure functions from tables and choices to numbers; none reads a file."""
