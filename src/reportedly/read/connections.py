"""Stage 1 of 8. In: a request. Out: the answer of a checked address.

Connections that go only to addresses that were judged (see `hosts`), and end at a deadline however
slowly the other side trickles its bytes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from reportedly.read.hosts import Resolver, resolve_host

#: So many addresses of one host are tried. Set by judgement.
_MOST_ADDRESSES = 4


class Deadline:
    """When the request that is under way must have ended, whatever it is doing."""

    def __init__(self) -> None:
        self._until = 0.0

    def start(self, seconds: float) -> None:
        """Gives the next request so many seconds."""
        self._until = time.monotonic() + seconds

    def find_left(self) -> float:
        """Returns the seconds that are left.

        Raises:
            httpcore.ReadTimeout: none are.
        """
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return left


class CheckedTransport(httpx.BaseTransport):
    """Sends requests over connections to judged addresses; knows no proxy.

    Args:
        deadline: is asked before every wait on the network.
        resolver: looks names up.
        allow_private: whether addresses inside private networks may be reached.
    """

    def __init__(self, deadline: Deadline, *, resolver: Resolver, allow_private: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            # One connection a request: between two that are a second apart a server may close it,
            # and then nobody knows whether it was heard.
            max_keepalive_connections=0,
            network_backend=_CheckedNetwork(deadline, resolver, allow_private),
        )

    def send(self, request: httpx.Request) -> httpx.Response:
        """Sends one request."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        with _in_words_of_httpx():
            answer = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=target,
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer.stream),
            extensions=answer.extensions,
        )

    handle_request = send  # the name that httpx calls

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()


class _CheckedNetwork(httpcore.NetworkBackend):
    """Opens connections to the addresses that were judged, by number and never again by name."""

    def __init__(self, deadline: Deadline, resolver: Resolver, allow_private: bool) -> None:
        self._deadline = deadline
        self._resolver = resolver
        self._allow_private = allow_private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = resolve_host(
                host,
                port,
                resolver=self._resolver,
                allow_private=self._allow_private,
                seconds=self._deadline.find_left(),
            )[:_MOST_ADDRESSES]
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(f"the name {host} cannot be looked up now") from error
        trouble: Exception | None = None
        for number, ip in enumerate(found):
            # A dead address must leave time for the others.
            seconds = self._deadline.find_left() / (len(found) - number)
            try:
                stream = self._plain.connect_tcp(ip, port, seconds, local_address, socket_options or ())
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
        raise trouble or httpcore.ConnectError("no address")

    def sleep(self, seconds: float) -> None:
        self._plain.sleep(seconds)


class _TimedStream(httpcore.NetworkStream):
    """A connection on which every wait ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.find_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.find_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.find_left())
        return _TimedStream(secured, self._deadline)

    def find_extra(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    get_extra_info = find_extra  # the name that httpcore calls


class _Stream(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _in_words_of_httpx():
            yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


@contextmanager
def _in_words_of_httpx() -> Iterator[None]:
    """Turns the errors of the layer below into those that users of httpx know."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error)) from error
    except httpcore.ConnectError as error:
        raise httpx.ConnectError(str(error)) from error
    except httpcore.NetworkError as error:
        raise httpx.NetworkError(str(error)) from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise httpx.RemoteProtocolError(str(error)) from error
