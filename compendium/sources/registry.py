"""The sources there are, by name."""

from compendium.project.errors import InputError
from compendium.sources.dimensions import collection as dimensions
from compendium.sources.dimensions.licence import refuse_tracked
from compendium.sources.known_answer import simulate
from compendium.sources.openalex import quick, rest, snapshot
from compendium.sources.proceedings import lists
from compendium.sources.source import Quick, Source

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("proceedings", lists.collect, lists.offer),
        Source("known_answer", simulate.collect, simulate.offer),
        Source(
            "openalex",
            rest.collect,
            rest.offer,
            estimate=rest.estimate,
            quick=Quick(quick.quick_tables, quick.quick_offer, quick.quick_estimate),
        ),
        # Converted parts stand beside the records, and an interrupted collection goes on from them.
        Source("openalex_snapshot", snapshot.collect, snapshot.offer, resumes=True),
        Source(
            "dimensions",
            dimensions.collect,
            dimensions.offer,
            estimate=dimensions.estimate,
            check_place=refuse_tracked,
        ),
    )
}


def get(name: str) -> Source:
    """Return a source; InputError, naming those there are, where there is none of this name."""
    if name not in SOURCES:
        raise InputError(f"unknown source {name!r}; there are: {', '.join(SOURCES)}")
    return SOURCES[name]
