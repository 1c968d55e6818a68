"""Records → tables: counted down to what every measure needs, and to no person.

Written once as Ibis expressions, which DuckDB, Spark and BigQuery run. Shares are added up as whole
numbers (millionths of millionths), so that the order of rows, or the engine, cannot change a digit.
Where a source is large, each stage runs for one part of the works, or of the authors, after the
other: what it counts for them adds up.
"""

from collections.abc import Mapping

import ibis
from ibis import _
from ibis.expr.types import Column, Table

from compendium.places.blocs import UNKNOWN

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
#: Two ways to tell authors apart: by name, and by name and institution.
AUTHOR_KEYS = ("name", "name+institution")
#: Years whose work counts (two bits each) fit into one whole number.
YEARS_A_CODE = 31
#: Kinds of records that stand by work, and so can be taken in parts of works.
BY_WORK = ("works", "authorships", "citations_by_year")

Records = Mapping[str, Table]


def part_of(table: Table, column: str, part: int, parts: int) -> Table:
    """Keep the rows of one part, of those that an id falls into by its hash."""
    return table if parts == 1 else table.filter((_[column].hash() % parts).abs() == part)


def _rounded_share(units: Column) -> Column:
    """Turn credit units into millionths, rounded half up, in whole-number arithmetic."""
    return ((units + CREDIT // SHARE // 2) // (CREDIT // SHARE)).cast("int64")


def _sorted_text(rows: Table, by: list[str], what: str, **totals: Column) -> Table:
    """Return `by`, text and `totals`: each group's values of `what`, sorted, with spaces between.

    `rows` must hold a value once a group. Nearly all groups have one or two values: the least and the
    greatest. Only the values of the others are collected to lists, which no engine puts on disk.
    """
    ends = rows.group_by(by).agg(n_values=_.count(), first=_[what].min(), last=_[what].max(), **totals)
    many = rows.semi_join(ends.filter(_.n_values > 2), by)
    lists = many.group_by(by).agg(values=_[what].collect())
    lists = lists.select(*by, listed=_.values.sort().join(" "))
    short = (_.n_values == 1).ifelse(_.first, _.first + " " + _.last)
    return ends.left_join(lists, by).select(*by, *totals, text=ibis.coalesce(_.listed, short))


def credits(records: Records) -> Table:
    """Give each authorship its author-fractional credit, for works that were not retracted.

    An author has 1/n of the work, split evenly over the author's addresses.
    """
    works = records["works"].filter(~_.is_retracted).select("work_id", "year", "category", "citations")
    seats = records["authorships"].group_by("work_id", "author_seq").agg(n_addresses=_.count())
    sizes = seats.group_by("work_id").agg(n_authors=_.count()).inner_join(works, "work_id")
    joined = records["authorships"].inner_join(seats, ["work_id", "author_seq"]).inner_join(sizes, "work_id")
    units = ibis.literal(CREDIT) // (joined.n_authors * joined.n_addresses)
    return joined.select(
        "work_id",
        "year",
        "category",
        "citations",
        "author_id",
        "institution_id",
        country=joined.country.fill_null(UNKNOWN),
        units=units.cast("int64"),
    )


def keyed_works(records: Records, credit: Table) -> Table:
    """Add `key` to the works: countries and shares as one text, such as `CN:0500000 US:0500000`.

    A work without any authorship is wholly of unknown country.
    """
    shares = credit.group_by("work_id", "country").agg(units=_.units.sum())
    shares = shares.select("work_id", part=_.country + ":" + _rounded_share(_.units).cast("string").lpad(7, "0"))
    keys = _sorted_text(shares, ["work_id"], "part")
    works = records["works"].filter(~_.is_retracted).left_join(keys, "work_id")
    return works.select(
        "work_id", "year", "category", "doc_type", "citations", key=works.text.fill_null(f"{UNKNOWN}:{SHARE:07d}")
    )


def equal_papers(keyed: Table) -> Table:
    """Equal works are one row with a count."""
    return keyed.group_by("key", "year", "category", "doc_type", "citations").agg(n_papers=_.count())


def received(records: Records, keyed: Table) -> Table:
    """Papers by the citations made to each in one year, where the source knows it; equal ones are one row."""
    works = keyed.select("work_id", "year", "category", "key")
    return (
        records["citations_by_year"]
        .filter(_.citations > 0)
        .inner_join(works, "work_id")
        .group_by("citing_year", "year", "category", "key", "citations")
        .agg(n_papers=_.count())
    )


def output_parts(credit: Table) -> Table:
    """Papers, credit and citations of each institution by year and category.

    The credit is split into whole millionths and the rest of units, so that its sum stays exact.
    """
    by_work = (
        credit.filter(_.institution_id.notnull())
        .group_by("institution_id", "year", "category", "work_id")
        .agg(units=_.units.sum(), citations=_.citations.max())
    )
    unit = CREDIT // SHARE
    return (
        by_work.mutate(rest=_.units % unit)
        .mutate(millionths=((_.units - _.rest) // unit).cast("int64"))
        .group_by("institution_id", "year", "category")
        .agg(
            n_papers=_.count(),
            millionths=_.millionths.sum(),
            rest=_.rest.sum(),
            citations=_.citations.sum().fill_null(0),
        )
    )


def known_works(records: Records) -> Table:
    """How much is known of the works of each year and category."""
    known = (
        records["authorships"]
        .filter(_.country.notnull())
        .select("work_id")
        .distinct()
        .mutate(has_country=ibis.literal(True))
    )
    return (
        records["works"]
        .left_join(known, "work_id")
        .group_by("year", "category")
        .agg(
            n_works=_.count(),
            n_with_country=_.has_country.count(),
            n_with_citations=_.citations.count(),
            n_retracted=_.is_retracted.sum(),
        )
    )


def people(credit: Table) -> Table:
    """Keep of the credits who was where in which year, for authors whose name is known."""
    return credit.filter(_.author_id.notnull()).select(
        "work_id", "year", "author_id", "country", place=_.institution_id.fill_null("")
    )


def compositions(papers: Table) -> Table:
    """Number the distinct keys: composition_id, key."""
    distinct = papers.select("key").distinct()
    return distinct.mutate(composition_id=ibis.row_number().over(order_by=distinct.key) + 1)


def exploded(numbered: Table) -> Table:
    """Take numbered keys apart again: composition_id, country, share."""
    parts = numbered.mutate(part=_.key.split(" ").unnest())
    return parts.select(
        "composition_id",
        country=_.part.left(2),
        share=_.part.substr(3, 7).cast("int64") / ibis.literal(SHARE, "float64"),
    )


def added_up(counts: Table, total: str) -> Table:
    """Add up what the parts counted."""
    by = [name for name in counts.columns if name != total]
    return counts.group_by(by).agg(_[total].sum().name(total))


def summed(counts: Table, numbered: Table, total: str) -> Table:
    """Add up what the parts counted, by composition number in place of the key."""
    return added_up(counts.inner_join(numbered, "key").drop("key"), total)


def institutions(records: Records, output: Table) -> Table:
    """Number the institutions that stand on a counted work, in the order of their ids.

    One that has no record goes by its id; of several records, one counts.
    """
    others = [name for name in records["institutions"].columns if name != "institution_id"]
    rank = ibis.row_number().over(group_by="institution_id", order_by=others)
    known = records["institutions"].mutate(rank=rank).filter(_.rank == 0).drop("rank")
    used = output.select("institution_id").distinct().left_join(known, "institution_id")
    used = used.select("institution_id", *others).mutate(
        slug=_.institution_id, name=_.name.fill_null(_.institution_id), country=_.country.fill_null(UNKNOWN)
    )
    return used.mutate(number=ibis.row_number().over(order_by=used.institution_id) + 1)


def institution_output(output: Table, numbered: Table) -> Table:
    """Add up the institutions' papers and citations, by the institution's number."""
    total = output.inner_join(numbered.select("institution_id", "number"), "institution_id")
    total = total.group_by("number", "year", "category").agg(
        n_papers=_.n_papers.sum(), millionths=_.millionths.sum(), rest=_.rest.sum(), citations=_.citations.sum()
    )
    return total.select(
        "year",
        "category",
        "n_papers",
        "citations",
        institution_id=_.number,
        n_papers_fractional=(_.millionths + _rounded_share(_.rest)) / ibis.literal(SHARE, "float64"),
    )


def coverage(records: Records, known: Table) -> Table:
    """Set what was rejected beside what is known."""
    counted = ("n_works", "n_with_country", "n_with_citations", "n_retracted")
    works = known.group_by("year", "category").agg(**{name: _[name].sum() for name in counted})
    rejects = records["rejects"].group_by("year", "category").agg(n_rejected=_.count())
    both = works.outer_join(rejects, ["year", "category"])
    counts = {name: both[name].fill_null(0) for name in (*counted, "n_rejected")}
    return both.select(
        year=ibis.coalesce(both.year, both.year_right),
        category=ibis.coalesce(both.category, both.category_right),
        **counts,
    )


def named(seen: Table, author_key: str) -> Table:
    """Tell authors apart in one of the two ways: author, year, work_id, country.

    Years so early that no window or age tells them apart are one.
    """
    author = _.author_id if author_key == "name" else _.author_id + "@" + _.place
    return seen.select(
        "work_id", "country", author=author, year=ibis.greatest(_.year, FIRST_WINDOW_END - MOST_AGE).cast("int64")
    )


def alike(authors: Table, last: int) -> Table:
    """Return author, debut_year, n_alike, number: one author for all of one country and the same years.

    The works of each year are written as two bits of a whole number. Who was in several countries
    stands alone. Numbers are faster to group by than names.
    """
    works = authors.group_by("author", "year", "work_id").agg(low=_.country.min(), high=_.country.max())
    years = works.group_by("author", "year").agg(
        n_works=ibis.least(_.count(), MOST_WORKS), low=_.low.min(), high=_.high.max()
    )
    codes = {}
    for start in range(FIRST_WINDOW_END - MOST_AGE, last + 1, YEARS_A_CODE):
        stop = start + YEARS_A_CODE - 1
        digit = _.n_works.cast("int64") << (2 * (_.year.clip(start, stop) - start))
        codes[f"code_{start}"] = digit.sum(where=_.year.between(start, stop))
    careers = years.group_by("author").agg(low=_.low.min(), high=_.high.max(), debut_year=_.year.min(), **codes)
    settled = (
        careers.filter(_.low == _.high)
        .group_by("low", "debut_year", *codes)
        .agg(author=_.author.min(), n_alike=_.count())
    )
    moved = careers.filter(_.low != _.high).mutate(n_alike=ibis.literal(1, "int64"))
    columns = ["author", "debut_year", "n_alike"]
    both = settled.select(columns).union(moved.select(columns))
    return both.mutate(number=ibis.row_number().over(order_by=both.author))


def places(authors: Table, chosen: Table, last: int) -> Table:
    """Return in which countries, with how many works, each of the `chosen` was in each window."""
    found = authors.inner_join(chosen, "author").select("number", "year", "country", "work_id")
    # A year's works are counted in one of the year's countries, so that they add up over rows.
    years = found.group_by("number", "year").agg(n_works=_.work_id.nunique(), main=_.country.min())
    rows = found.select("number", "year", "country").distinct().inner_join(years, ["number", "year"])
    rows = rows.mutate(n_works=(_.country == _.main).ifelse(_.n_works, 0))
    inside = rows.mutate(width=ibis.array(list(WINDOWS)).unnest())
    inside = inside.mutate(window_end=ibis.range(inside.year, inside.year + inside.width, 1).unnest())
    inside = inside.filter(_.window_end.between(FIRST_WINDOW_END, last))
    return inside.group_by("width", "window_end", "number", "country").agg(n_works=_.n_works.sum())


def researchers(found: Table, chosen: Table) -> Table:
    """Count distinct authors in each window by country set, first year in the source and works.

    An author's countries in a window are all those of the author's addresses there. Works above
    MOST_WORKS count as that many, first years more than MOST_AGE back as that far back. `found` are
    the `places` of the `chosen`, who stand for all those `alike`.
    """
    one = _sorted_text(found, ["width", "window_end", "number"], "country", n_works=_.n_works.sum())
    return (
        one.inner_join(chosen, "number")
        .select(
            "n_alike",
            "window_end",
            window_start=_.window_end - _.width + 1,
            countries=_.text,
            n_works=ibis.least(_.n_works, MOST_WORKS),
            debut_year=ibis.greatest(_.debut_year, _.window_end - MOST_AGE),
        )
        .group_by("window_start", "window_end", "countries", "debut_year", "n_works")
        .agg(n_researchers=_.n_alike.sum())
    )
