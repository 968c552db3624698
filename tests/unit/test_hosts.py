"""Which addresses may be reached."""

from __future__ import annotations

import socket
import time

import pytest

from reportedly.errors import ReadError
from reportedly.read.hosts import AddressRefused, check_port, is_public, look_up, resolve_host

PRIVATE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.8.9.10", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "224.0.1.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.1.1.1", "::ffff:169.254.169.254",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "fe80::1",
    "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "2001::1", "2001:db8::1",
    "3fff::1", "5f00::1", "not-an-address",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1",
    "::ffff:8.8.8.8", "2002:808:808::", "64:ff9b::808:808", "2606:4700::1111", "2a00:1450::1",
]  # fmt: skip


@pytest.mark.parametrize("ip", PRIVATE)
def test_what_is_not_of_the_open_internet_is_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", PUBLIC)
def test_what_is_of_the_open_internet_is_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize("spelling", ["127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "127.0.0.1"])
def test_a_number_in_any_spelling_is_judged_by_what_it_means(spelling: str) -> None:
    with pytest.raises(AddressRefused, match="not an address of the open internet"):
        resolve_host(spelling, 80, resolver=look_up, allow_private=False, seconds=2)


@pytest.mark.parametrize("ip", ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254"])
def test_no_setting_opens_a_clouds_metadata_service(ip: str) -> None:
    with pytest.raises(AddressRefused, match="metadata"):
        resolve_host("x.example", 80, resolver=lambda *_: [ip], allow_private=True, seconds=2)


def test_a_setting_opens_private_addresses() -> None:
    found = ["10.0.0.1", "::1"]
    assert resolve_host("x.example", 80, resolver=lambda *_: found, allow_private=True, seconds=2) == found


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        resolve_host("two.example", 80, resolver=lambda *_: ["8.8.8.8", "10.0.0.1"], allow_private=False, seconds=2)


def test_every_judged_address_is_given_once_and_in_order() -> None:
    found = ["2606:4700::1111", "8.8.8.8", "8.8.8.8"]
    got = resolve_host("two.example", 80, resolver=lambda *_: found, allow_private=False, seconds=2)
    assert got == ["2606:4700::1111", "8.8.8.8"]


def test_a_host_that_does_not_exist_says_so() -> None:
    def resolver(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no name")

    with pytest.raises(ReadError, match=r"no such host: none\.example"):
        resolve_host("none.example", 80, resolver=resolver, allow_private=False, seconds=2)


def test_a_label_too_long_for_dns_is_no_such_host() -> None:
    with pytest.raises(ReadError, match="no such host"):
        resolve_host("x" * 70 + ".example", 80, resolver=look_up, allow_private=False, seconds=2)


def test_a_look_up_that_hangs_ends_at_its_time() -> None:
    def resolver(host: str, port: int) -> list[str]:
        time.sleep(0.5)
        return ["8.8.8.8"]

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        resolve_host("slow.example", 80, resolver=resolver, allow_private=False, seconds=0.05)
    assert time.monotonic() - started < 0.4


@pytest.mark.parametrize("port", [None, 80, 443, 8080, 8443])
def test_ports_of_web_servers_are_allowed(port: int | None) -> None:
    check_port(port, "x")


@pytest.mark.parametrize("port", [0, 22, 25, 445])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(AddressRefused, match=f"port {port}"):
        check_port(port, "x")
