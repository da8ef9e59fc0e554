"""What the visitor's script must be, whatever it does."""

import gzip
import re

from tests.unit.lambdas.contracts.test_live_channels import SCRIPT

SOURCE = SCRIPT.read_text()


def test_it_is_less_than_4_kb_on_its_way() -> None:
    assert len(gzip.compress(SCRIPT.read_bytes(), mtime=0)) < 4096


def test_it_stands_alone_and_writes_text_only() -> None:
    assert not re.search(r"\bimport\b|\brequire\b", SOURCE)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\.style\b", SOURCE
    )
