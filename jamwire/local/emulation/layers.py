"""Functions' layers, unpacked once: MiniStack unpacks them for each worker anew, thousands of files each time."""

import hashlib
import tempfile
import zipfile
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any, Final

_ONE_AT_A_TIME: Final = Lock()


class _Archive(zipfile.ZipFile):
    """An archive that is unpacked as a link to where it was unpacked before, if it is a layer's."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Unpack it, or link to it."""
        place = Path(path)
        if not place.name.startswith("layer_"):
            super().extractall(path, members, pwd)
            return
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        shared = Path(tempfile.gettempdir()) / "layers" / digest
        with _ONE_AT_A_TIME:
            if not shared.exists():
                unfinished = shared.with_suffix(".unfinished")
                super().extractall(unfinished)
                unfinished.rename(shared)
        place.rmdir()
        place.symlink_to(shared, target_is_directory=True)


def unpacked_once(module: Any) -> Any:
    """The module of archives as `lambda_runtime` uses it, with layers that are unpacked once.

    What Python compiles of them is kept there, too, so that the next worker starts sooner.
    """
    return SimpleNamespace(**{**vars(module), "ZipFile": _Archive})
