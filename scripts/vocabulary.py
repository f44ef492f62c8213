"""Extract from schema.org's vocabulary what tests need to check published documents.

    scripts/vocabulary.py schemaorg-current-https.jsonld > tests/pages/vocabulary.json

The input is a release file of https://github.com/schemaorg/schemaorg (data/releases/30.0). Only
names and how they hang together are taken, no prose. Schema.org is licensed CC BY-SA 3.0.
"""

import json
import sys
from pathlib import Path
from typing import Any

TYPES = (
    "AudioObjectSnapshot",
    "Claim",
    "ClaimReview",
    "Clip",
    "CorrectionComment",
    "CreativeWork",
    "DataFeed",
    "DataFeedItem",
    "ImageObjectSnapshot",
    "MediaReview",
    "MediaReviewItem",
    "Organization",
    "QuantitativeValue",
    "Rating",
    "VideoObjectSnapshot",
)
ENUMERATIONS = ("IPTCDigitalSourceEnumeration", "MediaManipulationRatingEnumeration")
DATA = ("Boolean", "Date", "DateTime", "Duration", "Number", "Text", "URL")


def named(value: Any) -> list[str]:
    """The names that a value refers to, without prefix."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    names = (each["@id"] if isinstance(each, dict) else each for each in values)
    return sorted(name.removeprefix("schema:") for name in names)


def main() -> None:
    """Print the extract."""
    graph = json.loads(Path(sys.argv[1]).read_text())["@graph"]
    parents = {
        each["@id"].removeprefix("schema:"): named(each.get("rdfs:subClassOf"))
        for each in graph
        if "rdfs:Class" in named(each.get("@type"))
    }
    kept: set[str] = set()
    waiting = [*TYPES, *ENUMERATIONS, *DATA]
    while waiting:
        name = waiting.pop()
        if name in parents and name not in kept:
            kept.add(name)
            waiting += parents[name]
    properties = {
        each["@id"].removeprefix("schema:"): {
            "domain": [name for name in named(each.get("schema:domainIncludes")) if name in kept],
            "range": named(each.get("schema:rangeIncludes")),
        }
        for each in graph
        if each.get("@type") == "rdf:Property"
        and kept.intersection(named(each.get("schema:domainIncludes")))
    }
    members = {
        enumeration: sorted(
            each["@id"].removeprefix("schema:")
            for each in graph
            if enumeration in named(each.get("@type"))
        )
        for enumeration in ENUMERATIONS
    }
    extract = {
        "source": "schema.org 30.0, schemaorg-current-https.jsonld, extracted by scripts/vocabulary.py",
        "licence": "CC BY-SA 3.0, the sponsors of Schema.org: https://schema.org/docs/terms.html",
        "types": {name: parents[name] for name in sorted(kept)},
        "properties": dict(sorted(properties.items())),
        "enumerations": members,
    }
    print(json.dumps(extract, indent=1))


if __name__ == "__main__":
    main()
