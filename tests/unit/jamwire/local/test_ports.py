import pytest

from jamwire.local.ports import FILE, Ports, load_ports, save_ports


def test_ports_are_read_as_they_were_saved(tmp_path):
    save_ports(tmp_path / "account", Ports(port=4000, inbox_port=4001))

    assert load_ports(tmp_path / "account") == Ports(port=4000, inbox_port=4001)


def test_saved_ports_leave_nothing_else(tmp_path):
    save_ports(tmp_path, Ports(4000, 4001))
    save_ports(tmp_path, Ports(4002, 4003))

    assert [path.name for path in tmp_path.iterdir()] == [FILE]


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
def test_unreadable_ports_are_none(tmp_path, text):
    (tmp_path / FILE).write_text(text)

    assert load_ports(tmp_path) is None


def test_missing_ports_are_none(tmp_path):
    assert load_ports(tmp_path / "nowhere") is None


def test_inbox_is_on_this_machine():
    assert Ports(4000, 4001).inbox_url == "http://127.0.0.1:4001"
