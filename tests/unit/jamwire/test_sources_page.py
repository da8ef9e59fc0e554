"""The page about sources is the catalogue's own."""

from jamwire.sources_page import PAGE, STEPS, page
from lambdas.contracts.event_types import EVENT_TYPES
from lambdas.ingest.catalogue import CATALOGUE


def test_it_is_as_the_catalogue_is() -> None:
    assert PAGE.read_text() == page(), "run: make docs"


def test_every_source_says_what_to_click() -> None:
    assert set(STEPS) == set(CATALOGUE)


def test_every_type_that_a_source_names_is_of_the_vocabulary() -> None:
    assert {kind for source in CATALOGUE.values() for kind in source.types.values()} <= EVENT_TYPES


def test_native_types_are_written_as_they_are_looked_up() -> None:
    assert all(native == native.lower() for source in CATALOGUE.values() for native in source.types)
