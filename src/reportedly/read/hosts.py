"""Stage 1 of 8. In: an address. Out: the IP addresses that may be connected to.

Which addresses may be reached. A host is resolved once, every IP address that it has is judged,
and the connection is made to exactly those that were judged: a name that changes its mind between
the check and the connection (DNS rebinding) gains nothing. How a host is spelt does not matter
(`127.1`, `0x7f000001`, `2130706433`, a name), for what it resolves to is judged.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable

from reportedly.errors import ReadError

type Resolver = Callable[[str, int], list[str]]
type _Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

SCHEMES = ("http", "https")
#: Below 1024 live services that speak no HTTP and could be made to act on what a GET request holds.
_WEB_PORTS = frozenset({80, 443})
_LAST_SERVICE_PORT = 1023
_HINT = "set allow_private to fetch from your own machines"
#: Where clouds tell a machine its own secrets (AWS, Google, Azure, Oracle; ECS; Alibaba; AWS over IPv6;
#: Azure's platform address, which lies in public space): no report was ever there, so no setting lifts this.
_NEVER = frozenset(
    ipaddress.ip_address(each)
    for each in ("169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254", "168.63.129.16")
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
#: What Python's registry of 3.12 does not know yet, or knows in part (RFC 9637, RFC 6890).
_SPECIAL = (ipaddress.ip_network("3fff::/20"), ipaddress.ip_network("192.0.0.0/24"))


class AddressRefused(ReadError):
    """An address that may not be reached, whatever its server would say."""


def is_public(ip: str) -> bool:
    """Whether an IP address is one of the open internet.

    Private, loopback, link-local (and with it the clouds' metadata address), shared (100.64/10),
    multicast, reserved and unspecified ones are not, nor IPv6 forms that carry such an IPv4
    address (mapped, 6to4, NAT64). The registries are those of Python's `ipaddress` (IANA).
    """
    address = _read_ip(ip)
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address is not None and _is_global(address)


def is_metadata(ip: str) -> bool:
    """Whether an IP address is that of a cloud's metadata service."""
    return _read_ip(ip) in _NEVER


def _read_ip(ip: str) -> _Ip | None:
    """Reads an IP address, as the IPv4 address that it carries where it does."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_global(address: _Ip) -> bool:
    if address in _NEVER or any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def check_port(port: int | None, where: str) -> None:
    """Refuses ports of other services.

    Raises:
        AddressRefused: the port belongs to a service that is no web server.
    """
    if port is not None and port <= _LAST_SERVICE_PORT and port not in _WEB_PORTS:
        raise AddressRefused(f"refused: port {port} is no web server's", where=where, hint=_HINT)


def resolve_host(host: str, port: int, *, resolver: Resolver, allow_private: bool, seconds: float) -> list[str]:
    """Resolves a host, and judges every address that it has.

    Args:
        host: a name, or an IP address in any spelling.
        port: the port that will be connected to.
        resolver: looks names up; `look_up` does, tests bring their own.
        allow_private: whether all addresses but those of metadata services will do.
        seconds: how long the look-up may take.

    Returns:
        The IP addresses, in the order to try them.

    Raises:
        ReadError: there is no such host.
        AddressRefused: one of its addresses may not be reached. One is enough: a host of the open
            internet has no reason to have a private address beside a public one.
        OSError: nobody could tell now.
    """
    found = _wait_for(lambda: resolver(host, port), host, seconds)
    if not found:
        raise ReadError(f"no such host: {host}")
    secret = next((ip for ip in found if is_metadata(ip)), None)
    if secret is not None:
        raise AddressRefused(f"refused: {host} is a cloud's metadata service")
    if not allow_private:
        inside = next((ip for ip in found if not is_public(ip)), None)
        if inside is not None:
            named = host if host == inside else f"{host} ({inside})"
            raise AddressRefused(f"refused: {named} is not an address of the open internet", hint=_HINT)
    return list(dict.fromkeys(found))


def look_up(host: str, port: int) -> list[str]:
    """Looks a host up as the operating system does.

    Raises:
        OSError: there is no such host, or no one who knows.
    """
    return [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _wait_for(look: Callable[[], list[str]], host: str, seconds: float) -> list[str]:
    """Runs a look-up for so long at most: the operating system has no time limit to set."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(look())
        except (OSError, UnicodeError) as error:  # a label too long for DNS is a UnicodeError
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=run, daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise TimeoutError(f"the look-up of {host} took too long") from None
    if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_AGAIN:
        raise answer
    if isinstance(answer, OSError):
        raise ReadError(f"no such host: {host}")
    return answer
