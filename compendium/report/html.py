"""One notebook as a page of the site."""

import re
from collections.abc import Iterable
from pathlib import Path

import jinja2
from bs4 import BeautifulSoup, Tag
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from compendium.claims import Verdict
from compendium.project.errors import InputError

TEMPLATES = Path(__file__).parent / "template"


#: Operators whose limits stand above and below in a displayed formula.
WITH_LIMITS = re.compile(r"\\(sum|prod|max|min|bigcup|bigcap)(?=\s*[_^])")


NUMBER = re.compile(r"[-+−]?[\d.,\s]*\d\s*(%|e[-+]?\d+)?|nan|NaN|–|", re.IGNORECASE)


#: Up to so many characters a text in a table stays on one line.
SHORT_TEXT = 36


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
            raise InputError(
                f"notebook {self.where}: the formula {latex.strip()} is not LaTeX "
                "that can be shown; is a brace or the name of a command wrong?"
            )
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
        return f'<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n{text}</table></div>\n'


class Exporter(HTMLExporter):
    """nbconvert with our template and our Markdown."""

    def __init__(self, pages: frozenset[str], **options) -> None:
        super().__init__(template_name="notebook", extra_template_basedirs=[str(TEMPLATES)], **options)
        self.pages = pages

    def default_filters(self) -> Iterable:
        """Add the label of a folded cell to nbconvert's filters."""
        yield from super().default_filters()
        yield "code_label", code_label

    @jinja2.pass_context
    def markdown2html(self, context: jinja2.runtime.Context, source: str) -> str:
        """Turn Markdown into HTML with our renderer."""
        renderer = Renderer(
            self.pages,
            context["resources"]["metadata"]["name"],
            attachments=context.get("cell", {}).get("attachments", {}),
        )
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


FOUND = re.compile(r"<strong>Claim (\w+) — (" + "|".join(Verdict) + r")\.</strong>")
