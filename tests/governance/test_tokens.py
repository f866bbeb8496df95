"""Keys on tokens: what signs, and what is said where something is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from governance.keys import token as module
from governance.keys.files import read_public
from governance.keys.token import TokenKey
from governance.keys.uri import TokenUri
from governance.service.requests import Request
from policies.proof.dsse import Envelope
from policies.proof.keys import P256_ORDER
from policies.refusals import TokenError, UnreadableError, WrongPinError
from tests.governance.terminal import Terminal
from tests.governance.tokens import PIN, Tokens
from tests.policies.bench import Bench, found

SIGN = "pkcs11:token=chair-1;object=sign"


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    """Return two tokens of a chair; the first has several keys."""
    made = Tokens.at(tmp_path_factory.mktemp("softhsm"))
    for label in ("chair-1", "chair-2"):
        made.token(label)
        made.key(label, "sign", "02")
    made.key("chair-1", "edwards", "03", "EC:edwards25519")
    made.key("chair-1", "other-curve", "04", "EC:secp384r1")
    made.key("chair-1", "each-time", "07", "EC:prime256v1", "--always-auth")
    made.key("chair-1", "twice", "05")
    made.key("chair-1", "twice", "06")
    return made


@pytest.fixture
def here(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process speak to the tokens."""
    for name, value in tokens.environment.items():
        monkeypatch.setitem(os.environ, name, value)


@pytest.fixture
def cli(tokens: Tokens, tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path, tmp_path / "home", tokens.environment)
    terminal.write("pin", f"{PIN}\n".encode())
    terminal.write("wrong", b"654321\n")
    return terminal


@pytest.fixture(scope="module")
def bench() -> Bench:
    return found()


def key(uri: str, pin: str = PIN) -> TokenKey:
    return TokenKey(TokenUri.parse(uri), lambda _token: pin)


def test_a_tokens_signatures_are_genuine_and_all_have_the_low_s(here: None, bench: Bench) -> None:
    chair = key(SIGN)

    for number in range(20):
        envelope = Envelope.of("application/x", {"number": number})
        signed = envelope.signed_by(chair.sign(envelope))
        chair.record.verify_envelope(signed)
        assert decode_dss_signature(signed.signatures[0].sig)[1] <= P256_ORDER // 2


def test_an_ed25519_key_signs_as_well_however_its_curve_is_written(
    here: None, bench: Bench
) -> None:
    signer = key("pkcs11:token=chair-1;id=%03")
    envelope = bench.decision().envelope()

    signed = envelope.signed_by(signer.sign(envelope))

    assert signer.record.scheme == "ed25519"
    signer.record.verify_envelope(signed)


def test_a_key_that_wants_the_pin_for_every_signature_gets_it(here: None) -> None:
    """As PIV's slot 9c does; the PIN is asked for once."""
    asked: list[str] = []

    def ask(token: str) -> str:
        asked.append(token)
        return PIN

    signer = TokenKey(TokenUri.parse("pkcs11:token=chair-1;id=%07"), ask)

    for number in range(2):
        envelope = Envelope.of("application/x", {"number": number})
        signer.record.verify_envelope(envelope.signed_by(signer.sign(envelope)))

    assert asked == ["chair-1"]


def test_what_a_person_does_with_a_file_is_done_with_a_token(cli: Terminal, bench: Bench) -> None:
    cli.write("request.json", Request(bench.decision().envelope(), {}).to_bytes())

    shown = cli.run("key", "show", SIGN, "-o", "chair.pub.json")
    cli.run(
        *("sign", "request.json", "--key", SIGN, "--password-file", "pin"),
        *("--yes", "-o", "chair.sig"),
    )

    record = read_public(cli.folder / "chair.pub.json")
    assert shown.out.split() == [record.keyid, "ecdsa-sha2-nistp256"]
    record.verify_envelope(Envelope.from_bytes((cli.folder / "chair.sig").read_bytes()))


def test_the_two_tokens_of_a_chair_hold_two_keys(here: None) -> None:
    assert key(SIGN).record != key("pkcs11:token=chair-2").record


def test_a_wrong_pin_is_refused_by_name_and_nothing_is_written(cli: Terminal, bench: Bench) -> None:
    cli.write("request.json", Request(bench.decision().envelope(), {}).to_bytes())
    asked = ("sign", "request.json", "--key", SIGN, "--yes", "-o", "chair.sig")

    wrong = cli.run(*asked, "--password-file", "wrong", code=1)
    unasked = cli.run(*asked, code=1)

    assert f"{SIGN}: the PIN is wrong. It was tried once" in wrong.err
    assert "654321" not in wrong.err
    assert "nobody is there to be asked for the PIN; give --password-file" in unasked.err
    assert not (cli.folder / "chair.sig").exists()


def test_a_pin_is_asked_for_at_a_terminal_and_not_shown(cli: Terminal, bench: Bench) -> None:
    cli.write("request.json", Request(bench.decision().envelope(), {}).to_bytes())
    asked = ("sign", "request.json", "--key", "pkcs11:token=chair-2", "-o", "chair.sig")

    wrong = cli.typed(*asked, typing={"Type yes": "yes", "PIN of chair-2": "654321"})
    right = cli.typed(*asked, typing={"Type yes": "yes", "PIN of chair-2": PIN})

    assert (wrong.code, right.code) == (1, 0), wrong.out + right.out
    assert wrong.out.count("PIN of chair-2") == 1
    assert "PIN of chair-2 (wrong ones were given since the last right one): " in right.out
    assert PIN not in right.out
    assert (cli.folder / "chair.sig").exists()


def test_a_wrong_pin_is_sent_to_the_token_once(here: None, bench: Bench) -> None:
    """The token that is opened is watched: whoever logs in twice locks it sooner."""
    logins: list[Any] = []
    real = module._token

    class Watched:
        def __init__(self, uri: TokenUri) -> None:
            self.token = real(uri)

        @contextmanager
        def open(self, user_pin: Any = None) -> Iterator[Any]:
            if user_pin is not None:
                logins.append(user_pin)
            with self.token.open(user_pin=user_pin) as session:
                yield session

        def __getattr__(self, name: str) -> Any:
            return getattr(self.token, name)

    with mock.patch.object(module, "_token", Watched):
        chair = key(SIGN, "654321")
        with pytest.raises(WrongPinError, match="It was tried once"):
            chair.sign(bench.decision().envelope())
        with pytest.raises(WrongPinError, match="is not sent again"):
            chair.sign(bench.decision().envelope())

    assert logins == ["654321"]


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("pkcs11:token=chair-3", "no such token is there; there are: chair-1 (serial "),
        ("pkcs11:object=sign", "fits 2 tokens (chair-1 (serial "),
        ("pkcs11:token=chair-1;object=none", "shows no such key"),
        ("pkcs11:token=chair-1;id=%09", "shows no such key"),
        ("pkcs11:token=chair-1;object=twice", "fits 2 keys of chair-1"),
        ("pkcs11:token=chair-1;object=twice", "(id=%05, id=%06); name one of them by id"),
        ("pkcs11:token=chair-1;object=other-curve", "use P-256 or Ed25519"),
        ("pkcs11:token=chair-1;serial=0", "no such token"),
        ("pkcs11:token=chair-1?module-path=/nowhere/p11.so", "/nowhere/p11.so is not there"),
        ("pkcs11:token=chair-1?module-path=/etc/passwd", "/etc/passwd cannot be used"),
        ("pkcs11:token=chair-1?module-path=no-such-module.so", "cannot be used"),
    ],
)
def test_what_is_absent_or_fits_twice_is_said_in_a_sentence(
    uri: str, said: str, here: None
) -> None:
    with pytest.raises(TokenError) as refused:
        key(uri)

    assert said in str(refused.value)
    assert str(refused.value).startswith(uri.partition("?")[0])


def test_a_module_that_nobody_names_is_asked_for(cli: Terminal) -> None:
    del cli.environment["JCGOV_PKCS11_MODULE"]

    refused = cli.run("key", "show", SIGN, code=1)

    assert "no PKCS#11 module is named; add ?module-path=FILE, or set JCGOV_PKCS11" in refused.err


def test_a_module_in_the_uri_goes_before_the_environments(cli: Terminal, tokens: Tokens) -> None:
    environment = {"JCGOV_PKCS11_MODULE": "/nowhere/p11.so"}

    cli.run("key", "show", f"{SIGN}?module-path={tokens.module}", environment=environment)


def test_a_token_key_that_needs_login_to_be_seen_says_so(cli: Terminal) -> None:
    refused = cli.run("key", "show", "pkcs11:token=chair-1;object=none", code=1)

    assert "shows no such key, to whoever gives no PIN" in refused.err


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("pkcs11:token=a;pin-value=1", "a PIN does not stand in a URI"),
        ("pkcs11:token=a?pin-value=1234", "a PIN does not stand in a URI"),
        ("pkcs11:token=a?pin-source=file:pin", "give --password-file"),
        ("pkcs11:colour=red", "'colour'"),
        ("pkcs11:token", "'token'"),
        ("pkcs11:token=a;token=b", "token twice"),
        ("pkcs11:token=%ff", "no UTF-8"),
        ("pkcs11:type=secret-key", "private, public or cert"),
        ("token=a", "no PKCS#11 URI"),
    ],
)
def test_a_uri_says_only_what_names_a_key(uri: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        TokenUri.parse(uri)


def test_a_uri_is_read_as_rfc_7512_writes_it() -> None:
    uri = TokenUri.parse(
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil;"
        "serial=;model=1.0;object=my-key;id=%00%01;type=private?module-path=/usr/lib/p11%3B.so"
    )

    assert uri.token["token"] == "The Software PKCS#11 Softtoken"
    assert uri.token["serial"] == ""
    assert (uri.label, uri.id, uri.module) == ("my-key", b"\x00\x01", "/usr/lib/p11;.so")


def test_wrong_usage_of_a_key_is_wrong_usage(cli: Terminal) -> None:
    refused = cli.run("key", "show", f"{SIGN}?pin-value=1", code=2)

    assert "a PIN does not stand in a URI" in refused.err
