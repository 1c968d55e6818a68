"""Which files are the compendium's notebooks, and their order."""

import re
from pathlib import Path

#: Two digits that order them, and a name: `10-output`.
NOTEBOOK_NAME = re.compile(r"\d{2}-[a-z0-9-]+")


def ordered_notebooks(folder: Path) -> list[Path]:
    """Return the notebooks of `folder`, in the order of their numbers."""
    return sorted(path for path in folder.glob("*.ipynb") if NOTEBOOK_NAME.fullmatch(path.stem))
