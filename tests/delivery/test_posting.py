"""One attempt over real sockets, before a receiver that means no good."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from governance.delivery.posting import LONGEST_ANSWER, Answer, Posting
from governance.delivery.targets import Address, Allowance
from tests.delivery.receiver import (
    OK,
    Answering,
    Received,
    Receiver,
    dripping,
    flooding,
    raw,
    reset,
    silence,
    status,
)

LOOPBACK = Allowance.parse("127.0.0.0/8")
QUICK = 0.6
BODY = b'{"specversion":"1.0"}'
HEADERS = {"Content-Type": "application/cloudevents+json", "webhook-id": "a"}


def post(url: str, seconds: float = QUICK, body: bytes = BODY) -> Answer:
    return Posting(LOOPBACK, seconds=seconds)(url, HEADERS, body)


def answered(answering: Answering, body: bytes = BODY, seconds: float = QUICK) -> Answer:
    with Receiver(lambda _: answering) as receiver:
        return post(receiver.url, seconds, body)


def test_what_is_sent_arrives_as_it_is() -> None:
    with Receiver() as receiver:
        assert post(receiver.url + "?a=b") == Answer(204, None)
        port = receiver.port
    (received,) = receiver.received

    assert received.line == "POST /in?a=b HTTP/1.1"
    assert received.body == BODY
    assert received.headers == {
        "host": f"127.0.0.1:{port}",
        "user-agent": "jcgov",
        "accept": "*/*",
        "connection": "close",
        "content-type": "application/cloudevents+json",
        "webhook-id": "a",
        "content-length": str(len(BODY)),
    }


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_every_2xx_acknowledges(code: int) -> None:
    assert answered(status(code)) == Answer(code, None)


@pytest.mark.parametrize("code", [400, 401, 404, 409, 410, 422, 429, 500, 503, 599])
def test_nothing_else_does_and_the_answer_is_quoted(code: int) -> None:
    answer = answered(status(code, b"no \x1b[31m\x00place\nhere"))

    assert answer.status == code
    assert answer.error == f"answered {code}: no \ufffd[31m\ufffdplace here"
    assert answer.gone == (code == 410)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(code: int) -> None:
    with Receiver() as other:
        answer = answered(status(code, b"", f"Location: {other.url}"))

        assert answer.status == code
        assert "redirects are not followed" in str(answer.error)
        assert other.connections == 0


@pytest.mark.parametrize(("code", "kept"), [(429, "7"), (503, "7"), (500, None), (404, None)])
def test_only_429_and_503_ask_for_time(code: int, kept: str | None) -> None:
    assert answered(status(code, b"", "Retry-After: 7")).retry_after == kept


HOSTILE: dict[str, tuple[Answering, str]] = {
    "silence": (silence(), "no whole answer within 0.6 s"),
    "reset": (reset, "broke off|not HTTP"),
    "closed": (raw(b""), "not HTTP"),
    "garbage": (raw(b"\x00\xff\x16\x03 garbage\r\n\r\n"), "not HTTP"),
    "half a head": (raw(b"HTTP/1.1 200 OK\r\nContent-"), "not HTTP"),
    "half a body": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), "not HTTP"),
    "lengths": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), "not HTTP"),
    "dripping head": (dripping(b"HTTP/1.1 200 OK\r\nX: "), "no whole answer"),
    "dripping line": (dripping(b"HTTP"), "no whole answer|not HTTP"),
    "dripping body": (
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"),
        "no whole answer",
    ),
    "dripping without end": (dripping(b"HTTP/1.1 200 OK\r\n\r\n"), "no whole answer"),
    "continues": (dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "no whole answer"),
    "huge head": (flooding(b"HTTP/1.1 200 OK\r\nX: "), "not HTTP"),
}


@pytest.mark.parametrize("way", HOSTILE)
def test_a_hostile_answer_is_a_failed_attempt_in_bounded_time(way: str) -> None:
    answering, reason = HOSTILE[way]
    began = time.monotonic()

    answer = answered(answering)

    assert answer.error is not None
    assert re.search(reason, answer.error), answer.error
    assert time.monotonic() - began < QUICK + 1.0


def test_of_a_huge_answer_only_the_beginning_is_read() -> None:
    sent: list[int] = []

    def answering(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            for _ in range(1 << 12):
                sock.sendall(b"x" * 65_536)
                sent.append(65_536)
        except OSError:
            return

    assert answered(answering, seconds=5) == Answer(200, None)
    assert sum(sent) < 256 * LONGEST_ANSWER


def test_a_receiver_that_does_not_read_ends_the_attempt_in_time() -> None:
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        answer = post(url, body=b"x" * (1 << 24))

    assert "no whole answer" in str(answer.error)
    assert time.monotonic() - began < QUICK + 1.0


def test_nobody_there_is_a_failed_attempt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    assert "not connected: 127.0.0.1" in str(post(f"http://127.0.0.1:{port}/").error)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as proxy, Receiver() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        assert post(receiver.url) == Answer(204, None)
        assert (proxy.connections, receiver.connections) == (0, 1)


# Addresses


def resolving(*answers: str) -> Callable[[str, int], list[Address]]:
    """Resolve every name to the next of these addresses, the last of them for ever."""
    left = list(answers)
    return lambda _host, _port: [ip_address(left.pop(0) if len(left) > 1 else left[0])]


def test_a_private_address_is_not_connected_to() -> None:
    with Receiver() as receiver:
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:7f00:1]"):
            answer = Posting(Allowance(), seconds=5)(
                f"https://{host}:{receiver.port}/", HEADERS, BODY
            )

            assert "this machine" in str(answer.error) or "not found" in str(answer.error)
        assert receiver.connections == 0


def test_a_name_that_turns_to_another_address_is_judged_anew_at_every_attempt() -> None:
    resolve = resolving("127.0.0.1", "127.9.9.9", "10.0.0.1")
    posting = Posting(Allowance.parse("127.0.0.1"), seconds=QUICK, resolve=resolve)
    with Receiver() as receiver:
        url = f"http://registry.example:{receiver.port}/"

        assert posting(url, HEADERS, BODY) == Answer(204, None)
        assert "127.9.9.9" in str(posting(url, HEADERS, BODY).error)
        assert "10.0.0.1" in str(posting(url, HEADERS, BODY).error)
        assert receiver.connections == 1
        assert receiver.received[0].headers["host"] == f"registry.example:{receiver.port}"


def test_each_attempt_resolves_once_so_that_nothing_comes_between_judging_and_connecting() -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[Address]:
        asked.append(host)
        return [ip_address("127.0.0.1")]

    with Receiver() as receiver:
        posting = Posting(LOOPBACK, seconds=QUICK, resolve=resolve)
        posting(f"http://registry.example:{receiver.port}/", HEADERS, BODY)

    assert asked == ["registry.example"]


def test_the_next_address_is_tried_where_one_is_dead() -> None:
    def resolve(_host: str, _port: int) -> list[Address]:
        return [ip_address("127.0.0.9"), ip_address("127.0.0.1")]

    with Receiver() as receiver:
        posting = Posting(LOOPBACK, seconds=QUICK, resolve=resolve)

        assert posting(f"http://registry.example:{receiver.port}/", HEADERS, BODY).status == 204


def test_a_name_server_that_does_not_answer_ends_the_attempt_in_time() -> None:
    def resolve(_host: str, _port: int) -> list[Address]:
        time.sleep(3)
        return [ip_address("127.0.0.1")]

    began = time.monotonic()
    answer = Posting(LOOPBACK, seconds=QUICK, resolve=resolve)("http://a.example/", HEADERS, BODY)

    assert "no whole answer" in str(answer.error)
    assert time.monotonic() - began < QUICK + 1.0


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an authority's certificate, and a server's for registry.example."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    begins = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("registry.example")]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return folder


def serving(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def secure(folder: Path, *, trusted: bool = True, seconds: float = 5) -> Posting:
    context = ssl.create_default_context(cafile=folder / "cert.pem") if trusted else None
    return Posting(LOOPBACK, seconds=seconds, resolve=resolving("127.0.0.1"), trusted=context)


def test_https_speaks_to_the_judged_address_by_the_name_of_the_url(authority: Path) -> None:
    with Receiver(tls=serving(authority)) as receiver:
        answer = secure(authority)(f"https://registry.example:{receiver.port}/", HEADERS, BODY)

    assert answer == Answer(204, None)
    assert receiver.received[0].server_name == "registry.example"
    assert receiver.received[0].headers["host"] == f"registry.example:{receiver.port}"


def test_a_certificate_of_another_name_is_refused(authority: Path) -> None:
    with Receiver(tls=serving(authority)) as receiver:
        answer = secure(authority)(f"https://other.example:{receiver.port}/", HEADERS, BODY)

    assert "not connected" in str(answer.error)
    assert "other.example" in str(answer.error)
    assert receiver.received == []


def test_a_certificate_that_nobody_vouches_for_is_refused(authority: Path) -> None:
    with Receiver(tls=serving(authority)) as receiver:
        posting = secure(authority, trusted=False)
        answer = posting(f"https://registry.example:{receiver.port}/", HEADERS, BODY)

    assert "self-signed" in str(answer.error)
    assert receiver.received == []


def test_a_handshake_that_never_comes_ends_the_attempt_in_time(authority: Path) -> None:
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://registry.example:{listening.getsockname()[1]}/"
        answer = secure(authority, seconds=QUICK)(url, HEADERS, BODY)

    assert "no whole answer" in str(answer.error)
    assert time.monotonic() - began < QUICK + 1.0


# Giving up


def test_an_abort_ends_what_is_on_its_way_and_what_would_come() -> None:
    posting = Posting(LOOPBACK, seconds=15)
    answers: list[Answer] = []
    with Receiver(lambda _: silence()) as receiver:
        thread = threading.Thread(
            target=lambda: answers.append(posting(receiver.url, HEADERS, BODY))
        )
        thread.start()
        while not receiver.received:
            time.sleep(0.01)
        began = time.monotonic()
        posting.abort()
        thread.join(5)

        assert time.monotonic() - began < 1.0
        assert [answer.aborted for answer in answers] == [True]
        assert posting(receiver.url, HEADERS, BODY).aborted
        assert receiver.connections == 1


def test_many_attempts_at_once_do_not_disturb_each_other() -> None:
    def behave(received: Received) -> Answering:
        return silence() if received.body.endswith(b"odd") else OK

    posting = Posting(LOOPBACK, seconds=QUICK)
    answers: dict[int, Answer] = {}
    with Receiver(behave) as receiver:

        def send(number: int) -> None:
            body = b"odd" if number % 2 else b"even"
            answers[number] = posting(receiver.url, HEADERS, body)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

    assert [answers[n].error is None for n in range(16)] == [n % 2 == 0 for n in range(16)]
