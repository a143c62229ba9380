"""Where a channel may lead, and where it may not."""

import pytest

from core.system.addresses import clean_mail_address, clean_webhook_url, shown
from core.system.channel_errors import InvalidChannel
from core.system.models import ChannelKind


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" https://example.com/hooks/a?b=c ", "https://example.com/hooks/a?b=c"),
        ("http://example.com:8080", "http://example.com:8080"),
        ("https://example.com/#part", "https://example.com/"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("HTTPS://Example.COM/Path", "https://example.com/Path"),
        ("https://93.184.216.34/x", "https://93.184.216.34/x"),
        ("https://[2606:2800:21f::1]:8443/x", "https://[2606:2800:21f::1]:8443/x"),
        ("http://my_box.lan/x", "http://my_box.lan/x"),
    ],
)
def test_good_addresses_are_kept_in_one_form(text: str, clean: str) -> None:
    assert clean_webhook_url(text, allow_private=False) == clean


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "ftp://example.com",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "http://:80/",
        "//x.example",
        "https://name:secret@example.com/",
        "https://@example.com/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://exa mple.com/",
        "https://example.com/\nHost: other",
        "https://example.com\\@other.example/",
        "https://[::1",
        "https://-x.example/",
        "https://a..b/",
        "https://example.com/" + "x" * 500,
        "file:///etc/passwd",
        "https://\u202eexample.com",
        "https://exam%70le.com/",
        "https://<b>/",
        "http://例え。テスト:-1/",
    ],
)
def test_bad_addresses_are_refused(text: str) -> None:
    with pytest.raises(InvalidChannel):
        clean_webhook_url(text, allow_private=True)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.1.1",
        "0.0.0.0",
        "224.0.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "[fd20:ce::254]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[::]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::]",
        "[ff02::1]",
        "[fe80::1%25eth0]",
    ],
)
def test_a_machines_own_addresses_are_never_called(host: str) -> None:
    with pytest.raises(InvalidChannel):
        clean_webhook_url(f"http://{host}/latest/meta-data", allow_private=True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.20",
        "100.64.0.1",
        "[::1]",
        "[fc00::1]",
        "[fec0::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "240.0.0.1",
    ],
)
def test_private_addresses_are_called_where_the_house_allows_it(host: str) -> None:
    with pytest.raises(InvalidChannel, match="ATELIER_WEBHOOKS_TO_PRIVATE_NETWORKS"):
        clean_webhook_url(f"http://{host}:8080/hook", allow_private=False)
    assert clean_webhook_url(f"http://{host}:8080/hook", allow_private=True).startswith("http://")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" Alice@Example.COM ", "Alice@example.com"),
        ("a.b+c@mail.example.com", "a.b+c@mail.example.com"),
        ("alice@bücher.example", "alice@xn--bcher-kva.example"),
    ],
)
def test_good_mail_addresses(text: str, clean: str) -> None:
    assert clean_mail_address(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "alice",
        "alice@",
        "@example.com",
        "alice@localhost",
        "a@b@example.com",
        "alice@example.com, bob@example.com",
        "Alice <alice@example.com>",
        "alice@example.com\nBcc: b@example.com",
        "alice@exa mple.com",
        "älice@example.com",
        "alice@.example.com",
        "alice@example..com",
        "a" * 250 + "@example.com",
        "alice;bob@example.com",
        "(c)alice@example.com",
    ],
)
def test_bad_mail_addresses(text: str) -> None:
    with pytest.raises(InvalidChannel):
        clean_mail_address(text)


def test_the_path_of_a_webhook_is_not_told() -> None:
    assert shown(ChannelKind.WEBHOOK, "https://hooks.example:8443/services/T0/B1/secret") == "hooks.example:8443"
    assert shown(ChannelKind.MAIL, "alice@example.com") == "alice@example.com"
