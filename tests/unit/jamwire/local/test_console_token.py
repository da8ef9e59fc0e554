from pathlib import Path

from jamwire.local.console_token import FILE, console_token


def test_token_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    token = console_token(tmp_path / "account")
    assert len(token) >= 32
    assert (tmp_path / "account" / FILE).stat().st_mode & 0o777 == 0o600
    assert console_token(tmp_path / "account") == token


def test_token_that_others_could_read_is_replaced(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("known")
    (tmp_path / FILE).chmod(0o644)
    assert console_token(tmp_path) != "known"
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
