import pytest

from jamwire.local import state
from jamwire.local.state import State


def test_state_is_read_as_it_was_saved(tmp_path):
    state.save(tmp_path / "account", State(port=4000, inbox_port=4001))

    assert state.load(tmp_path / "account") == State(port=4000, inbox_port=4001)


def test_save_leaves_nothing_else(tmp_path):
    state.save(tmp_path, State(4000, 4001))
    state.save(tmp_path, State(4002, 4003))

    assert [path.name for path in tmp_path.iterdir()] == [state.FILE]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '{"port": 1',
        '{"ports": 1}',
        '{"port": "4000", "inbox_port": 4001}',
        '{"port": -1, "inbox_port": 4001}',
        '{"port": true, "inbox_port": 4001}',
        '{"port": 70000, "inbox_port": 4001}',
    ],
)
def test_state_that_cannot_be_read_is_none(tmp_path, text):
    (tmp_path / state.FILE).write_text(text)

    assert state.load(tmp_path) is None


def test_no_state_is_none(tmp_path):
    assert state.load(tmp_path / "nowhere") is None


def test_inbox_is_on_this_machine():
    assert State(4000, 4001).inbox_url == "http://127.0.0.1:4001"
