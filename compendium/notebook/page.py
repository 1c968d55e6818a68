"""What a notebook shows: a sentence, and a figure with the line of its data below it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import matplotlib.figure
import matplotlib.pyplot as plt
from IPython.display import Image, Markdown, display

from compendium.figures import style


@dataclass(frozen=True)
class Page(ABC):
    """A notebook's sentences and figures; `data_note` is what its figures are made from."""

    data_note: str

    @property
    @abstractmethod
    def folder(self) -> Path:
        """The folder that gets results and figures."""

    def say(self, sentence: str) -> None:
        """Show a sentence whose numbers were put in from values."""
        display(Markdown(sentence))

    def figure(self, figure: matplotlib.figure.Figure, name: str, *, alt: str, data: str | None = None) -> None:
        """Write `figure` as PNG and SVG beside the results, and show it with its text `alt`.

        data : what it is made from, where that is not what the notebook looks at; it stands below it.
        """
        folder = self.folder / "figures"
        folder.mkdir(parents=True, exist_ok=True)
        png = style.save(figure, folder, name, f"Data: {data or self.data_note}")
        plt.close(figure)
        display(Image(data=png, alt=alt, width=720))
