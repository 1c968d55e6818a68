"""Where things lie, and how files are written; imports nothing of ours."""
