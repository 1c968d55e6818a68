"""A run: which notebooks, in what order, how many at once, and what is written where."""
