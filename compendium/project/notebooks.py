"""The notebooks of a folder, in their order."""

import re
from pathlib import Path

from compendium.project.folders import PROJECT

NOTEBOOK_NAME = re.compile(r"\d{2}-[a-z0-9-]+")


def ordered(folder: Path = PROJECT.notebooks) -> list[Path]:
    """Return the notebooks NN-name.ipynb of `folder`, in the order of their numbers."""
    return sorted(path for path in folder.glob("*.ipynb") if NOTEBOOK_NAME.fullmatch(path.stem))
