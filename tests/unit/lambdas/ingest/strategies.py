"""What a stranger may write where a sender writes times, ids and signatures."""

import re
from typing import Final

from hypothesis import strategies as st

ANY_TEXT: Final = st.text(st.characters())
"""With lone surrogates, which a JSON string may hold."""

numbers = st.integers(0, 99) | st.integers() | st.sampled_from([0, 9999, 10_000, 10**20, -1])
zones = st.sampled_from(["GMT", "-0000", "Z", "", "+00:00", "+23:59", "-23:59", "EST"]) | st.builds(
    "{:+}".format, numbers
)
http_dates = st.builds(
    "{}, {} {} {} {}:{}:{} {}".format,
    st.sampled_from(["Mon", ""]),
    numbers,
    st.sampled_from(["Jan", "Dec", "13"]),
    *(numbers,) * 4,
    zones,
)
rfc3339 = st.builds("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}".format, *(numbers,) * 6, zones)
edges = st.sampled_from(
    [
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2000 00:00:00 +99999999999999999999",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59.999999-23:59",
        *("1800000000", "1800000000000", "9" * 30, "9" * 5000, "-1", "1e9", "\u0663", "\uff11800000000", ""),
    ]
)
times = http_dates | rfc3339 | edges | numbers.map(str)

signs = st.sampled_from(
    [
        *(
            ",",
            ";",
            "=",
            "v1,",
            "v1,AAAA",
            "sha256=",
            "sha256=00",
            "..",
            "a.b.c",
            "e30.e30.e30",
            "Basic ",
            "Basic Og",
        ),
        *("Bearer ", "sign=,env=,t=", "t=,v1=", "t=1,t=2,v1=a", "\udcff", "====", "null", "MAYCAQECAQE="),
    ]
)
pairs = st.builds(
    "{}={}{}{}={}".format,
    st.sampled_from(["t", "v1"]),
    times | ANY_TEXT,
    st.sampled_from([",", ";", " "]),
    st.sampled_from(["v1", "t", "sha256"]),
    ANY_TEXT,
)
hygraph = st.builds("sign={}, env={}, t={}".format, ANY_TEXT, ANY_TEXT, times | ANY_TEXT)

header_values = ANY_TEXT | times | signs | pairs | hygraph
"""Of any header."""

_TIME_OF_A_PAIR: Final = re.compile("(?<=t=)([A-Z][a-z]{2}, )?[^,;]*")


def instead_of(value: str) -> st.SearchStrategy[str]:
    """Of a header that a sender wrote: anything, or a header of pairs with another time."""
    with_times = times.map(lambda time: _TIME_OF_A_PAIR.sub(lambda _: time, value))
    return with_times | header_values if _TIME_OF_A_PAIR.search(value) else header_values


queries = ANY_TEXT | st.builds(
    "{}={}&{}={}".format,
    st.sampled_from(["token", "bodySHA256", "crc_token", "hub.mode", "challenge", "validationToken"]),
    ANY_TEXT | st.sampled_from(["%ff", "%ed%a0%80", "subscribe", ""]),
    st.sampled_from(["hub.verify_token", "hub.challenge", "token"]),
    ANY_TEXT,
)
urls = st.builds("https://jamwire.example/endpoint?{}".format, queries) | st.sampled_from(
    ["", "https://[::1", "https://[/x", "https://\u2100/x", "http://a:b@c:d/e?f#g"]
)
bodies = st.binary(max_size=50) | st.sampled_from(
    [
        *(
            b"",
            b"{",
            b"[" * 100_000,
            b'{"secret":' * 100_000,
            b"9" * 5000,
            b'"\\ud800"',
            b'{"secret": 5}',
            b"NaN",
        ),
        *(
            b'{"secret": "\\ud800"}',
            b"\xff\xfe{\x00}\x00",
            b'{"value": [{"clientState": null}]}',
            b"[[]]",
            b"a=%ff&&",
        ),
        b"&".join(b"a=1" for _ in range(600)),
    ]
)
methods = st.sampled_from(["POST", "POST", "GET", "", "\ud800"])
