"""The bucket of a deployed example's site: what a build host puts there."""

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from lambdas.contracts.outputs import DemoSiteOutput

CACHE_CONTROL: Final = "public, max-age=0, s-maxage=31536000"
"""The CDN keeps a file until it is told to forget it; browsers ask each time."""


def upload(deployment: Deployment, dist: Path) -> int:
    """Bring the bucket to the state of a folder; gives how many files were put there or removed."""
    s3, bucket = deployment.client("s3"), site_outputs(deployment)[DemoSiteOutput.BUCKET]
    files = {path.relative_to(dist).as_posix(): path for path in dist.rglob("*") if path.is_file()}
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    there = {item["Key"]: item["ETag"] for item in listed}
    gone = [key for key in there if key not in files]
    changed = {key: path for key, path in files.items() if there.get(key) != _etag(path)}
    for key, path in changed.items():
        kind, _ = mimetypes.guess_type(key)
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=path.read_bytes(),
            ContentType=f"{kind}; charset=utf-8" if kind == "text/html" else kind,
            CacheControl=CACHE_CONTROL,
        )
    for key in gone:
        s3.delete_object(Bucket=bucket, Key=key)
    return len(changed) + len(gone)


def site_outputs(deployment: Deployment) -> Mapping[str, str]:
    """What the site's stack says of itself: its bucket, its distribution and its address.

    Raises:
        OperationError: There is no such stack.
    """
    site = next((stack for stack in deployment.stacks if stack.short_name == "Site"), None)
    if site is None:
        raise OperationError("The example's site is not deployed; run: make demo")
    return site.outputs


def _etag(path: Path) -> str:
    """What S3 calls a file's content."""
    return f'"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"'
