"""The page about sources is the catalogue's own."""

from docs.sources_page import PAGE, STEPS, page
from lambdas.contracts.event_types import EVENT_TYPES
from lambdas.ingest.catalogue import CATALOGUE


def test_page_is_as_the_catalogue_is() -> None:
    assert PAGE.read_text() == page(), "run: make docs"


def test_source_says_what_to_click() -> None:
    assert set(STEPS) == set(CATALOGUE)


def test_types_of_sources_are_event_types() -> None:
    assert {kind for source in CATALOGUE.values() for kind in source.types.values()} <= EVENT_TYPES.keys()


def test_native_types_are_in_lower_case() -> None:
    assert all(native == native.lower() for source in CATALOGUE.values() for native in source.types)
