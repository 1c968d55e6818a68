"""What a source that lacks nothing offers."""

from compendium.sources.source import DETAILS, Offer

#: Every year, every country, all that can be known of papers.
EVERYTHING = Offer(knows=frozenset(DETAILS))
#: The same, as a manifest holds it.
IN_MANIFEST = EVERYTHING.model_dump(mode="json")
