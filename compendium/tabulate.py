"""Records → tables: counted down to what every measure needs, and to no person.

Written once as Ibis expressions. Shares are added up as whole numbers (millionths of millionths),
so that the order of rows, or the engine, cannot change a digit.
"""

from collections.abc import Mapping

import ibis
from ibis import _
from ibis.expr.types import Table

from compendium.blocs import UNKNOWN

#: A work's credit in whole units: divisible enough that what division drops is below rounding.
CREDIT = 10**12
#: Units of a stored share: six decimals.
SHARE = 10**6
#: Windows of the researcher table, in years that end with the year asked for.
WINDOWS = (1, 3, 5)
FIRST_WINDOW_END = 2010
#: What the researcher table tells apart at most: works in the window, years since the first work.
MOST_WORKS = 3
MOST_AGE = 5

Records = Mapping[str, Table]


def _rounded_share(units):
    """Turn credit units into millionths, rounded half up, in whole-number arithmetic."""
    return ((units + CREDIT // SHARE // 2) // (CREDIT // SHARE)).cast("int64")


def credits(records: Records) -> Table:
    """Give each authorship its author-fractional credit, for works that were not retracted.

    An author has 1/n of the work, split evenly over the author's addresses.
    """
    works = records["works"].filter(~_.is_retracted).select("work_id", "year", "category", "citations")
    addresses = records["authorships"].group_by("work_id", "author_seq").mutate(n_addresses=_.count())
    authors = records["authorships"].group_by("work_id").agg(n_authors=_.author_seq.nunique())
    joined = addresses.inner_join(authors, "work_id").inner_join(works, "work_id")
    units = ibis.literal(CREDIT) // (joined.n_authors * joined.n_addresses)
    return joined.mutate(country=_.country.fill_null(UNKNOWN), units=units.cast("int64")).select("work_id", "year", "category", "citations", "author_seq", "author_id",
             "institution_id", "country", "units")


def work_compositions(credit: Table) -> Table:
    """Return work_id, key: each work's countries and shares as one text, such as `CN:0500000 …`."""
    shares = credit.group_by("work_id", "country").agg(units=_.units.sum())
    shares = shares.mutate(part=_.country + ":" + _rounded_share(_.units).cast("string").lpad(7, "0"))
    return shares.group_by("work_id").agg(key=_.part.group_concat(" ", order_by=_.part))


def compositions(keys: Table) -> Table:
    """Number the distinct keys: composition_id, key."""
    distinct = keys.select("key").distinct()
    return distinct.mutate(
        composition_id=ibis.row_number().over(order_by=distinct.key) + 1)


def exploded(numbered: Table) -> Table:
    """Take numbered keys apart again: composition_id, country, share."""
    parts = numbered.mutate(part=_.key.split(" ").unnest())
    return parts.select(
        "composition_id", country=_.part.left(2),
        share=_.part.substr(3, 7).cast("int64") / ibis.literal(SHARE, "float64"))


def papers(records: Records, keys: Table, numbered: Table) -> Table:
    """Equal works are one row with a count."""
    works = records["works"].filter(~_.is_retracted).inner_join(keys, "work_id")
    return (works.inner_join(numbered, "key")
            .group_by("year", "category", "doc_type", "citations", "composition_id")
            .agg(n_papers=_.count()))


def citations_received(records: Records, keys: Table, numbered: Table) -> Table:
    """Papers by the citations made to each in one year, where the source knows it; equal ones are one row."""
    works = records["works"].filter(~_.is_retracted).inner_join(keys, "work_id")
    return (records["citations_by_year"].filter(_.citations > 0).rename(received="citations")
            .inner_join(works, "work_id").inner_join(numbered, "key")
            .group_by("citing_year", "year", "category", "composition_id", citations=_.received)
            .agg(n_papers=_.count()))


def institutions(records: Records, credit: Table) -> Table:
    """Number the institutions that stand on a counted work, in the order of their ids."""
    used = records["institutions"].semi_join(credit, "institution_id")
    return used.mutate(number=ibis.row_number().over(order_by=used.institution_id) + 1)


def institution_output(credit: Table) -> Table:
    """Papers and citations of each institution by year and category."""
    by_work = (credit.filter(_.institution_id.notnull())
               .group_by("institution_id", "year", "category", "work_id")
               .agg(units=_.units.sum(), citations=_.citations.max()))
    summed = by_work.group_by("institution_id", "year", "category").agg(
        n_papers=_.count(), units=_.units.sum(), citations=_.citations.sum().fill_null(0))
    return summed.select(
        "institution_id", "year", "category", "n_papers",
        n_papers_fractional=_rounded_share(_.units) / ibis.literal(SHARE, "float64"),
        citations=_.citations.cast("int64"))


def coverage(records: Records) -> Table:
    """How much is known of the works of each year and category."""
    known = (records["authorships"].group_by("work_id")
             .agg(has_country=_.country.notnull().any()))
    works = (records["works"].left_join(known, "work_id")
             .group_by("year", "category")
             .agg(n_works=_.count(), n_with_country=_.has_country.fill_null(False).sum(),
                  n_with_citations=_.citations.notnull().sum(), n_retracted=_.is_retracted.sum()))
    rejects = records["rejects"].group_by("year", "category").agg(n_rejected=_.count())
    both = works.outer_join(rejects, ["year", "category"])
    counts = {name: both[name].fill_null(0).cast("int64") for name in
              ("n_works", "n_with_country", "n_with_citations", "n_retracted", "n_rejected")}
    return both.select(year=ibis.coalesce(both.year, both.year_right),
                       category=ibis.coalesce(both.category, both.category_right), **counts)


def _author_keys(credit: Table) -> Table:
    """Tell authors apart in two ways: by name, and by name and institution."""
    named = credit.filter(_.author_id.notnull())
    at = _.institution_id.fill_null("")
    return named.mutate(author_key=ibis.literal("name"), author=_.author_id).union(
        named.mutate(author_key=ibis.literal("name+institution"), author=_.author_id + "@" + at))


def researchers(credit: Table, years: list[int]) -> Table:
    """Count distinct authors in each window by country set, first year in the source and works.

    An author's countries in a window are all those of the author's addresses there. Works above
    MOST_WORKS count as that many, first years more than MOST_AGE back as that far back.
    """
    authors = _author_keys(credit)
    debut = authors.group_by("author_key", "author").agg(debut_year=_.year.min())
    ends = ibis.memtable({"window_end": [end for end in years for _unused in WINDOWS],
                          "width": [width for _unused in years for width in WINDOWS]})
    windows = ends.mutate(window_start=_.window_end - _.width + 1)
    inside = authors.inner_join(windows, [authors.year >= windows.window_start,
                                          authors.year <= windows.window_end])
    one = inside.group_by("window_start", "window_end", "author_key", "author")
    found = one.agg(n_works=_.work_id.nunique())
    places = (inside.select("window_start", "window_end", "author_key", "author", "country")
              .distinct()
              .group_by("window_start", "window_end", "author_key", "author")
              .agg(countries=_.country.group_concat(" ", order_by=_.country)))
    joined = (found.inner_join(places, ["window_start", "window_end", "author_key", "author"])
              .inner_join(debut, ["author_key", "author"]))
    return (joined.mutate(n_works=ibis.least(_.n_works, MOST_WORKS),
                          debut_year=ibis.greatest(_.debut_year, _.window_end - MOST_AGE))
            .group_by("window_start", "window_end", "author_key", "countries", "debut_year", "n_works")
            .agg(n_researchers=_.count()))
