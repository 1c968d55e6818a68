"""What a source is counted down to, and the records it is counted from: schemas, loading, writing."""

from compendium.tables.tables import (
    BOTH,
    DECIMALS,
    MANIFEST,
    ROBOTICS,
    SCHEMAS,
    TableError,
    Tables,
    available_sources,
    categories_of,
    file_hash,
    load,
    place_of,
    venues,
    write,
)

__all__ = [
    "BOTH",
    "DECIMALS",
    "MANIFEST",
    "ROBOTICS",
    "SCHEMAS",
    "TableError",
    "Tables",
    "available_sources",
    "categories_of",
    "file_hash",
    "load",
    "place_of",
    "venues",
    "write",
]
