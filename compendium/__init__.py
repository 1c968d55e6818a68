"""Every claim of one report on AI research, put to the test on data that anyone can have."""

__version__ = "0.1.0"
