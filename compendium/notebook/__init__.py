"""What a notebook calls: `begin`, and the methods of the session that it returns."""

from compendium.notebook.overviews import Overview, read_run
from compendium.notebook.session import Session, begin

__all__ = ["Overview", "Session", "begin", "read_run"]
