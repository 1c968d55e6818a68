"""The shape of real OpenAlex works: what the generator of synthetic snapshot files draws from.

Each list of SHAPE holds one number a work (for `addresses`, one an author) of the real sample of
122 works, in order of size: no more of the sample is kept here.
"""

from collections.abc import Mapping


def _repeat(counts: Mapping[int, int]) -> list[int]:
    return [value for value, times in counts.items() for _ in range(times)]


SHAPE = {
    "authors": _repeat({0: 2, 1: 49, 2: 28, 3: 12, 4: 12, 5: 10, 6: 4, 7: 1, 8: 1, 12: 1, 24: 1, 31: 1}),
    "addresses": _repeat({0: 187, 1: 138, 2: 15, 5: 5}),
    "counts_by_year": _repeat({0: 18, 1: 11, 2: 4, 3: 8, 4: 2, 5: 6, 6: 8, 7: 6, 8: 5, 9: 2, 10: 9, 11: 5,
                               12: 4, 13: 5, 14: 22, 15: 7}),
    "locations": _repeat({1: 63, 2: 36, 3: 13, 4: 6, 5: 2, 9: 1, 11: 1}),
    "referenced_works": _repeat({
        0: 45, 1: 2, 2: 4, 3: 1, 4: 2, 5: 1, 6: 3, 7: 3, 8: 2, 9: 1, 10: 4, 11: 2, 12: 2, 13: 3, 14: 1,
        15: 1, 16: 1, 17: 1, 19: 3, 20: 4, 21: 1, 22: 2, 25: 1, 26: 1, 27: 3, 28: 2, 29: 2, 30: 1, 33: 1,
        35: 1, 36: 1, 37: 1, 38: 1, 40: 1, 41: 2, 42: 2, 46: 1, 51: 1, 52: 1, 53: 1, 58: 1, 60: 1, 62: 2,
        71: 1, 77: 1, 81: 1, 84: 1, 94: 1}),
    "related_works": _repeat({0: 3, 10: 76, 20: 43}),
    "keywords": _repeat({0: 1, 1: 2, 2: 3, 3: 1, 4: 3, 5: 3, 6: 5, 7: 7, 8: 5, 9: 9, 10: 6, 11: 10, 12: 10,
                         13: 6, 14: 9, 15: 14, 16: 5, 17: 5, 18: 8, 19: 1, 20: 3, 21: 4, 22: 1, 23: 1}),
    "concepts": _repeat({0: 1, 1: 2, 2: 2, 3: 2, 4: 3, 5: 1, 6: 2, 7: 6, 8: 4, 9: 7, 10: 4, 11: 5, 12: 8,
                         13: 8, 14: 6, 15: 4, 16: 7, 17: 9, 18: 7, 19: 5, 20: 6, 21: 5, 22: 6, 23: 2, 24: 3,
                         25: 3, 26: 1, 28: 1, 29: 1, 30: 1}),
    "title_words": _repeat({0: 1, 2: 1, 3: 6, 4: 6, 5: 7, 6: 7, 7: 4, 8: 10, 9: 14, 10: 11, 11: 12, 12: 3,
                            13: 7, 14: 8, 15: 6, 16: 7, 17: 1, 18: 2, 19: 3, 21: 4, 23: 1, 29: 1}),
    "abstract_words": [0] * 27 + [
        18, 34, 36, 54, 57, 60, 71, 73, 85, 89, 93, 94, 97, 100, 100, 105, 115, 118, 122, 130, 131, 131, 132,
        134, 139, 141, 143, 143, 145, 148, 148, 148, 150, 154, 158, 162, 162, 163, 165, 168, 169, 172, 174,
        175, 183, 183, 190, 192, 193, 199, 200, 203, 205, 208, 209, 213, 220, 231, 241, 252, 252, 261, 265,
        266, 275, 278, 280, 289, 299, 301, 305, 305, 322, 326, 350, 353, 370, 435, 476, 534, 551, 607, 615,
        627, 659, 679, 726, 731, 1009, 1094, 1210, 1558, 1990, 3101, 3192],
}

_NAMED = "id VARCHAR, display_name VARCHAR"
_SOURCE = (f"STRUCT({_NAMED}, issn_l VARCHAR, issn VARCHAR[], is_oa BOOLEAN, is_in_doaj BOOLEAN, is_core BOOLEAN, "
           "type VARCHAR, host_organization VARCHAR, host_organization_name VARCHAR, "
           "host_organization_lineage VARCHAR[])")
_LOCATION = (f"STRUCT(id VARCHAR, is_oa BOOLEAN, landing_page_url VARCHAR, pdf_url VARCHAR, source {_SOURCE}, "
             "license VARCHAR, license_id VARCHAR, version VARCHAR, is_accepted BOOLEAN, is_published BOOLEAN, "
             "raw_source_name VARCHAR)")
_TOPIC = (f"STRUCT({_NAMED}, score DOUBLE, subfield STRUCT({_NAMED}), field STRUCT({_NAMED}), "
          f"domain STRUCT({_NAMED}))")
_AUTHORSHIP = (f"STRUCT(author_position VARCHAR, author STRUCT({_NAMED}, orcid VARCHAR), "
               f"institutions STRUCT({_NAMED}, ror VARCHAR, country_code VARCHAR, type VARCHAR, lineage VARCHAR[])[], "
               "countries VARCHAR[], is_corresponding BOOLEAN, raw_author_name VARCHAR, "
               "raw_affiliation_strings VARCHAR[], "
               "affiliations STRUCT(raw_affiliation_string VARCHAR, institution_ids VARCHAR[])[])")

#: Columns of the Parquet form. There the abstract's index is a text.
PARQUET_COLUMNS = {
    "works": {
        "id": "VARCHAR", "doi": "VARCHAR", "title": "VARCHAR", "display_name": "VARCHAR",
        "publication_year": "INTEGER", "publication_date": "DATE", "ids": "STRUCT(openalex VARCHAR, doi VARCHAR)",
        "language": "VARCHAR", "type": "VARCHAR", "primary_location": _LOCATION, "best_oa_location": _LOCATION,
        "indexed_in": "VARCHAR[]", "open_access": "STRUCT(is_oa BOOLEAN, oa_status VARCHAR, oa_url VARCHAR, "
        "any_repository_has_fulltext BOOLEAN)", "authorships": f"{_AUTHORSHIP}[]", "cited_by_count": "INTEGER",
        "is_retracted": "BOOLEAN", "is_xpac": "BOOLEAN", "primary_topic": _TOPIC, "topics": f"{_TOPIC}[]",
        "fwci": "DOUBLE", "biblio": "STRUCT(volume VARCHAR, issue VARCHAR, first_page VARCHAR, last_page VARCHAR)",
        "is_paratext": "BOOLEAN", "keywords": f"STRUCT({_NAMED}, score DOUBLE)[]",
        "concepts": "STRUCT(id VARCHAR, wikidata VARCHAR, display_name VARCHAR, level INTEGER, score DOUBLE)[]",
        "locations_count": "INTEGER", "locations": f"{_LOCATION}[]", "referenced_works_count": "INTEGER",
        "referenced_works": "VARCHAR[]", "related_works": "VARCHAR[]", "abstract_inverted_index": "VARCHAR",
        "counts_by_year": "STRUCT(year INTEGER, cited_by_count INTEGER)[]", "updated_date": "TIMESTAMP",
        "created_date": "TIMESTAMP"},
    "institutions": {
        "id": "VARCHAR", "display_name": "VARCHAR", "ror": "VARCHAR", "country_code": "VARCHAR", "type": "VARCHAR",
        "lineage": "VARCHAR[]", "geo": "STRUCT(city VARCHAR, country_code VARCHAR, latitude DOUBLE, longitude DOUBLE)",
        "works_count": "INTEGER", "updated_date": "TIMESTAMP"},
}
