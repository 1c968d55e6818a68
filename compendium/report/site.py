"""A static site of the executed notebooks: one page each, and an index of claims and verdicts.

Pages are whole in themselves: style, figures and formulas stand in the page, and nothing is
loaded from anywhere. Equal notebooks and results give equal bytes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2
import nbformat
from markupsafe import Markup
from nbformat import NotebookNode

from compendium import palette
from compendium.claims import load_register, read_all
from compendium.project import notebooks
from compendium.project.errors import InputError
from compendium.project.files import replaced, write_text
from compendium.project.folders import PROJECT, Folders
from compendium.report.html import TEMPLATES, Exporter, _polish, slug
from compendium.report.overview import NOTHING, Row, count_verdicts, rows

TITLE = "Every claim of one report on AI research, put to the test"
LEAD = (
    "An article sums up a report on who does the world’s AI research. Every statement in it "
    "that can be checked is checked here, on data that anyone can have."
)


def verdict_colours() -> str:
    """Return the style that gives each verdict its colour, for its badge and for its box."""
    return "".join(f".{slug(verdict)} {{ --verdict: {colour}; }}\n" for verdict, colour in palette.VERDICTS.items())


@dataclass(frozen=True)
class Page:
    """The page of one notebook."""

    notebook: NotebookNode
    name: str
    title: str

    @property
    def file(self) -> str:
        """The page's file name."""
        return f"{self.name}.html"

    @property
    def number(self) -> str:
        """The number that orders it."""
        return self.name.split("-")[0]


def build_site(run_dir: Path, *, folders: Folders = PROJECT) -> Path:
    """Build the site of the run in `run_dir` into its folder `site`, and return that folder.

    Raises InputError where the run has no executed notebook, or a formula cannot be shown.
    """
    pages = {path.stem: _page(path) for path in notebooks.ordered(run_dir / "notebooks")}
    if not pages:
        raise InputError(
            f"{folders.shown(run_dir)} has no executed notebook: "
            f"`python -m compendium run --run {run_dir.name}` makes them"
        )
    found = rows(load_register(folders.register), read_all(run_dir / "results"))
    files = {"index.html": _index(pages, found), **_notebook_pages(pages, found)}
    with replaced(run_dir / "site") as site:
        for name, text in files.items():
            write_text(site / name, text)
    return run_dir / "site"


def _page(path: Path) -> Page:
    """Read an executed notebook; its title is its first heading."""
    notebook = nbformat.read(path, as_version=4)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^# +(.+)$", prose, re.MULTILINE)
    return Page(notebook, path.stem, heading[1].strip() if heading else path.stem)


def _index(pages: Mapping[str, Page], found: list[Row]) -> str:
    """Return the index: every claim of the register, whether there is a result or not."""
    universes = sorted({row.universe for row in found} - {""})
    return (
        _templates()
        .get_template("index_page.html.j2")
        .render(
            title=TITLE,
            lead=LEAD,
            rows=found,
            groups=_groups(found),
            pages=pages,
            counts=count_verdicts(found),
            universes=universes,
            nothing=NOTHING,
        )
    )


def _groups(found: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows by group, in the order in which the register first names each."""
    groups: dict[str, list[Row]] = {}
    for row in found:
        groups.setdefault(row.claim.group, []).append(row)
    return groups


def _notebook_pages(pages: Mapping[str, Page], found: list[Row]) -> dict[str, str]:
    """Return the HTML of each notebook's page, by file name."""
    exporter = Exporter(frozenset(pages))
    template = _templates().get_template("notebook_page.html.j2")
    order = list(pages.values())
    written = {}
    for before, page, after in zip([None, *order], order, [*order[1:], None], strict=False):
        body, _ = exporter.from_notebook_node(page.notebook, {"metadata": {"name": page.name}})
        written[page.file] = template.render(
            title=f"{page.title} – {TITLE}",
            body=Markup(_polish(body)),
            previous=before,
            following=after,
            rows=[row for row in found if row.claim.notebook == page.name],
        )
    return written


def _templates() -> jinja2.Environment:
    """Return the environment of the pages' templates, which escapes whatever it is given."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["slug"] = slug
    environment.globals["site_title"] = TITLE
    environment.globals["css"] = Markup(verdict_colours() + (TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return environment
