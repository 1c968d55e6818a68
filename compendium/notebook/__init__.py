"""What a notebook calls: `begin`, the methods of the session that it returns, and `show` for code."""

from compendium.notebook.overviews import Overview, read_run
from compendium.notebook.session import Session, begin
from compendium.notebook.source import show

__all__ = ["Overview", "Session", "begin", "read_run", "show"]
