"""The catalogue has a module for each source, and imports no more of them than are looked up."""

import subprocess
import sys
from pathlib import Path

import pytest

import lambdas.ingest.sources as sources
from lambdas.ingest.catalogue import CATALOGUE

IMPORTED = """
import sys
from lambdas.ingest.endpoints import read_endpoints
read_endpoints('{"site": {"source": "netlify"}, "zap": {"source": "token"}}')
print(*(name for name in sys.modules if name.startswith("lambdas.ingest.sources.")))
"""


def test_source_is_named_as_its_module() -> None:
    assert [source.name for source in CATALOGUE.values()] == list(CATALOGUE)


def test_every_module_of_a_source_is_in_the_catalogue() -> None:
    modules = {path.stem for place in sources.__path__ for path in Path(place).glob("*.py")} - {"__init__"}
    assert modules == {name.replace("-", "_") for name in CATALOGUE}


def test_unknown_source_is_no_module() -> None:
    assert "generic" not in CATALOGUE
    with pytest.raises(KeyError):
        CATALOGUE["microsoft_graph"]


def test_only_configured_sources_are_imported() -> None:
    ran = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) == {"lambdas.ingest.sources.netlify", "lambdas.ingest.sources.token"}
