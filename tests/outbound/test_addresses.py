"""What may be sent to, as far as the URL and the name server tell."""

import ipaddress
import socket

import pytest

from app.outbound.addresses import AddressRefused, Private, Target, read_url, resolve
from app.settings import Settings


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://any.localhost/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0.0.0.0/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[::ffff:0:7f00:1]/",
        "https://[::ffff:0:a9fe:a9fe]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://224.0.0.1/",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https:///path",
        "https://user:secret@example.org/",
        "https://example.org/#part",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\r\nX: y",
        "https://münchen.example/",
        "https://[::1/",
        "example.org",
        "",
        "https://example.org/" + "a" * 3000,
    ],
)
def test_a_url_that_may_not_be_sent_to_is_refused_before_a_look_up(url: str) -> None:
    with pytest.raises(AddressRefused):
        read_url(url, allow_private=False)


@pytest.mark.parametrize("allowed", [True, (ipaddress.ip_network("::/0"),)])
@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:0:7f00:1]/",
        "http://[fd00:ec2::254]/",
        "http://[fd00:ec2::254%251]/",
        "http://[fd20:ce::254]/",
        "http://[fd00:c1::a9fe:a9fe]/",
    ],
)
def test_refused_even_where_private_addresses_are_allowed(url: str, allowed: Private) -> None:
    with pytest.raises(AddressRefused):
        read_url(url, allow_private=allowed)


def test_private_addresses_are_allowed_by_setting() -> None:
    assert read_url("http://192.168.1.7:8080/hook?a=b", allow_private=True) == Target(
        secure=False, host="192.168.1.7", port=8080, path="/hook?a=b"
    )


def test_some_networks_alone_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = (ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("169.254.0.0/16"))
    assert read_url("http://10.1.2.3/", allow_private=ours).host == "10.1.2.3"
    for refused in ("https://10.2.0.1/", "https://127.0.0.1/", "https://169.254.169.254/"):
        with pytest.raises(AddressRefused):
            read_url(refused, allow_private=ours)
    plain = read_url("http://hooks.example/", allow_private=ours)
    monkeypatch.setattr(socket, "getaddrinfo", answering("10.1.2.3"))
    assert len(resolve(plain, allow_private=ours)) == 1
    monkeypatch.setattr(socket, "getaddrinfo", answering("93.184.216.34"))
    with pytest.raises(AddressRefused, match="Plain http"):
        resolve(plain, allow_private=ours)
    assert len(resolve(named("hooks.example"), allow_private=ours)) == 1


def test_networks_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVENANCE_WEBHOOK_ALLOW_NETWORKS", "10.1.0.0/16, fd00::/8")
    found = Settings().webhook_private
    assert found == (ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00::/8"))
    monkeypatch.setenv("PROVENANCE_WEBHOOK_ALLOW_NETWORKS", "10.1.0.1/16")
    with pytest.raises(ValueError, match="not a valid IPv4 network"):
        Settings()


def test_a_public_receiver_is_allowed() -> None:
    assert read_url("https://hooks.example.org", allow_private=False) == Target(
        secure=True, host="hooks.example.org", port=443, path="/"
    )


def named(host: str) -> Target:
    return Target(secure=True, host=host, port=443, path="/")


def answering(*addresses: str) -> object:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]
    return lambda *_arguments, **_more: found


def test_one_refused_address_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering("93.184.216.34", "127.0.0.1"))
    with pytest.raises(AddressRefused):
        resolve(named("mixed.example"), allow_private=False)


def test_public_addresses_are_given_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering("93.184.216.34", "93.184.216.34"))
    found = resolve(named("twice.example"), allow_private=False)
    assert [str(address) for address in found] == ["93.184.216.34"]


def test_a_name_without_an_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_arguments: object, **_more: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(AddressRefused, match="does not resolve"):
        resolve(named("nowhere.example"), allow_private=False)


def test_plain_http_may_be_allowed_to_the_outside_alone() -> None:
    assert read_url("http://tsa.example.org", allow_private=False, plain_http=True).port == 80
    with pytest.raises(AddressRefused):
        read_url("http://127.0.0.1", allow_private=False, plain_http=True)
