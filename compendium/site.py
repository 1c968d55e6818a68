"""A static site of the executed notebooks: one page each, and an index of claims and verdicts.

Pages are whole in themselves: style, figures and formulas stand in the page, and nothing is
loaded from anywhere. Equal notebooks and results give equal bytes.
"""

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2
import nbformat
from bs4 import BeautifulSoup, Tag
from latex2mathml.converter import convert
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from compendium.claims import Verdict, load_register
from compendium.project.errors import InputError
from compendium.project.folders import Folders, PROJECT
from compendium.overview import NOTHING, Row, count_verdicts, load_results, rows
from compendium.execution.run import ordered_notebooks

TEMPLATES = Path(__file__).parent / "site_template"
TITLE = "Every claim of one report on AI research, put to the test"
LEAD = ("An article sums up a report on who does the world’s AI research. Every statement in it "
        "that can be checked is checked here, on data that anyone can have.")
FOUND = re.compile(r"<strong>Claim (\w+) — (" + "|".join(Verdict) + r")\.</strong>")
#: Operators whose limits stand above and below in a displayed formula.
WITH_LIMITS = re.compile(r"\\(sum|prod|max|min|bigcup|bigcap)(?=\s*[_^])")
NUMBER = re.compile(r"[-+−]?[\d.,\s]*\d\s*(%|e[-+]?\d+)?|nan|NaN|–|", re.IGNORECASE)

#: Up to so many characters a text in a table stays on one line.
SHORT_TEXT = 36


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


class Renderer(IPythonRenderer):
    """Markdown to HTML: formulas as MathML, links between notebooks as links between pages."""

    def __init__(self, pages: frozenset[str], where: str, **options) -> None:
        super().__init__(escape=False, **options)
        self.pages = pages
        self.where = where

    def inline_math(self, body: str) -> str:
        """Render `$…$`."""
        return self._mathml(body, "inline")

    def block_math(self, body: str) -> str:
        """Render `$$…$$`."""
        return self._mathml(WITH_LIMITS.sub(r"\\\1\\limits", body), "block")

    def latex_environment(self, name: str, body: str) -> str:
        r"""Render `\begin{name}…\end{name}`."""
        return self._mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def _mathml(self, latex: str, display: str) -> str:
        try:
            mathml = convert(latex.strip(), display=display)
        except Exception:  # the converter raises errors of many kinds, mostly without a message
            mathml = "\\"
        if "\\" in mathml:  # a command that it does not know, it leaves as it is
            raise InputError(f"notebook {self.where}: the formula {latex.strip()} is not LaTeX "
                             "that can be shown; is a brace or the name of a command wrong?")
        return mathml

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Render a link; what the site does not hold keeps its text only."""
        file, hash_sign, anchor = url.partition("#")
        if not file or "://" in url or url.startswith("mailto:"):
            return super().link(text, url, title)
        name = file.removesuffix(".ipynb").removeprefix("./")
        if file.endswith(".ipynb") and name in self.pages:
            return super().link(text, f"{name}.html{hash_sign}{anchor}", title)
        return text

    def block_quote(self, text: str) -> str:
        """Render a quotation; the one that shows a verdict is marked by it."""
        found = FOUND.search(text)
        marks = f' id="claim-{found[1]}" class="found {slug(found[2])}"' if found else ""
        return f"<blockquote{marks}>\n{text}</blockquote>\n"

    def table(self, text: str) -> str:
        """Render a table in a box of its own, so that a wide one scrolls there."""
        return ('<div class="scroll" tabindex="0" role="region" aria-label="Table">'
                f"<table>\n{text}</table></div>\n")


class Exporter(HTMLExporter):
    """nbconvert with our template and our Markdown."""

    def __init__(self, pages: frozenset[str], **options) -> None:
        super().__init__(template_name="notebook", extra_template_basedirs=[str(TEMPLATES)],
                         **options)
        self.pages = pages

    def default_filters(self) -> Iterable:
        """Add the label of a folded cell to nbconvert's filters."""
        yield from super().default_filters()
        yield "code_label", code_label

    @jinja2.pass_context
    def markdown2html(self, context: jinja2.runtime.Context, source: str) -> str:
        """Turn Markdown into HTML with our renderer."""
        renderer = Renderer(self.pages, context["resources"]["metadata"]["name"],
                            attachments=context.get("cell", {}).get("attachments", {}))
        return MarkdownWithMath(renderer=renderer).render(source)


def code_label(cell: NotebookNode) -> str:
    """Return what stands on a folded code cell."""
    tags = cell.metadata.get("tags", [])
    if "injected-parameters" in tags:
        return "Parameters of this run"
    return "Parameters" if "parameters" in tags else "Code"


def slug(text: str) -> str:
    """Return a verdict as a class name."""
    return text.replace(" ", "-")


def build_site(run_dir: Path, *, folders: Folders = PROJECT) -> Path:
    """Build the site of the run in `run_dir` into its folder `site`, and return that folder.

    Raises InputError where the run has no executed notebook, or a formula cannot be shown.
    """
    pages = {path.stem: _page(path) for path in ordered_notebooks(run_dir / "notebooks")}
    if not pages:
        raise InputError(f"{folders.shown(run_dir)} has no executed notebook: "
                         f"`python -m compendium run --run {run_dir.name}` makes them")
    found = rows(load_register(folders.register), load_results(run_dir / "results"))
    files = {"index.html": _index(pages, found), **_notebook_pages(pages, found)}
    site, beside = run_dir / "site", run_dir / "site.partial"
    for folder in (beside, site):
        shutil.rmtree(folder, ignore_errors=True)
    beside.mkdir()
    for name, text in files.items():
        (beside / name).write_text(text, encoding="utf-8")
    beside.rename(site)
    return site


def _page(path: Path) -> Page:
    """Read an executed notebook; its title is its first heading."""
    notebook = nbformat.read(path, as_version=4)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^# +(.+)$", prose, re.MULTILINE)
    return Page(notebook, path.stem, heading[1].strip() if heading else path.stem)


def _index(pages: Mapping[str, Page], found: list[Row]) -> str:
    """Return the index: every claim of the register, whether there is a result or not."""
    universes = sorted({row.universe for row in found} - {""})
    return _templates().get_template("index_page.html.j2").render(
        title=TITLE, lead=LEAD, rows=found, groups=_groups(found), pages=pages,
        counts=count_verdicts(found), universes=universes, nothing=NOTHING)


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
            title=f"{page.title} – {TITLE}", body=Markup(_polish(body)), previous=before,
            following=after, rows=[row for row in found if row.claim.notebook == page.name])
    return written


def _polish(body: str) -> str:
    """Make tables read well: one style, numbers to the right, texts to the left and in few lines."""
    soup = BeautifulSoup(body, "html.parser")
    for table in soup.find_all("table"):
        del table["border"]
        for own_style in table.find_all_previous("style", scoped=True):
            own_style.decompose()
        for row in table.select("tr[style]"):
            del row["style"]
        _mark_text_columns(table)
    return str(soup)


def _mark_text_columns(table: Tag) -> None:
    """Give the cells of each column of texts the class `text`, those of long texts also `long`."""
    lines = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
    width = max((len(line) for line in lines), default=0)
    whole = [line for line in lines if len(line) == width]  # others have cells that span
    for column in range(width):
        texts = [line[column].get_text(strip=True) for line in whole if line[column].name == "td"]
        if all(NUMBER.fullmatch(text) for text in texts):
            continue
        for line in whole:
            line[column]["class"] = "text" if max(map(len, texts)) <= SHORT_TEXT else "text long"


def _templates() -> jinja2.Environment:
    """Return the environment of the pages' templates, which escapes whatever it is given."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    environment.filters["slug"] = slug
    environment.globals["site_title"] = TITLE
    environment.globals["css"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return environment
