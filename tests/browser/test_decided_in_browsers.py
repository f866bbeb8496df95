"""The whole way in two browsers: from a passkey to a decision that verifies offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from governance import assembly
from governance.clock import utc_now
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings
from policies.proof.dsse import Envelope
from tests.browser.conftest import Meet, Serve
from tests.browser.person import Person
from tests.governance.setting import proposal
from tests.governance.terminal import Terminal

CODE = "JP-MN"
CHAIRS = {"JP": ("jp-hara", "Hara Kenji"), "MN": ("mn-bold", "Bold Ganbaatar")}


def founded(settings: Settings) -> None:
    """Found the committee, and appoint a co-chair of each side who has no key yet."""
    with assembly.engine(settings) as made:
        stage = Stage(made, ToldClock(utc_now()), Voice(), settings.keys / "people")
        stage.found("MN")
        for side, (person, name) in CHAIRS.items():
            act: dict[str, Any] = {"act": "appoint", "person": person, "name": name}
            term = {"role": "co-chair", "from": "2020-01-01", "until": None}
            stage.appoint("MN", side, [act | term])
        Terminal.at(settings).write("trust.json", stage.trust)


def distributed(settings: Settings) -> str:
    """Put a text before the committee, and return its number."""
    with assembly.engine(settings) as made:
        text = made.proposals.propose(proposal())
        made.proposals.distribute(CODE, text.proposal)
        return str(text.number)


def register(person: Person, name: str, to: Path) -> Path:
    """Make a passkey, read and sign its appointment, and return the file for the authority."""
    person.go("/desk/register")
    person.page.get_by_label("Committee").select_option(CODE)
    person.page.get_by_label("Your name in its roster").fill(name)
    person.press("Make the passkey", then="/desk/sign/")
    assert "Appointment" in person.page.content()
    person.press("Sign with the passkey", then="/desk/receipts/")
    return person.fetched("Your signature's file, to keep", to)


def appointed(cli: Terminal, file: Path, side: str) -> None:
    """Sign as a side's authority does, where its keys are, and hand everything in together."""
    people = cli.home and cli.home / "keys" / "people"
    keys = [f"{people}/mn-{side.lower()}-authority-{n}.key" for n in (1, 2)]
    for key in keys:
        cli.run("sign", file, "--key", key, "-o", file.with_suffix(".more"), "--yes")
        file.with_suffix(".more").replace(file)
    assert "recorded" in cli.run("submit", file).out


def require_every_page_accessible(person: Person) -> None:
    """Look at what a person has seen, the receipt first, and once more at what led there."""
    receipt = person.path
    signed = receipt.split("/")[3]
    pages = (receipt, f"/desk/sign/{signed}", "/desk", "/desk/committees/MN", "/desk/passkeys")
    for path in (*pages, "/desk/sign-in", "/desk/register", "/ja/desk"):
        person.go(path)
        person.require_accessible()


def test_two_people_decide_in_their_browsers_and_anybody_verifies_it_offline(
    tmp_path: Path, serve: Serve, meet: Meet
) -> None:
    settings = Settings(tmp_path / "home", tmp_path / "home" / "keys")
    founded(settings)
    cli = Terminal.at(settings)
    service = serve(settings)
    people = {side: meet(service) for side in CHAIRS}

    for side, (name, _) in CHAIRS.items():
        file = register(people[side], name, tmp_path / f"{side}.json")
        assert len(Envelope.from_bytes(file.read_bytes()).signatures) == 1
        appointed(cli, file, side)
    number = distributed(settings)

    for side, (_, full_name) in CHAIRS.items():
        person = people[side]
        person.go("/desk/sign-in")
        person.press("Sign in with a passkey", then="/desk")
        assert full_name in person.page.content()
        person.page.get_by_role("link", name=f"sign {number}").click()
        person.page.get_by_role("heading", name="What you are asked").wait_for()
        if side == "JP":
            person.require_accessible()
        person.press("Read and sign", then="/desk/sign/")
        assert number in person.page.locator("pre").first.inner_text()
        person.press("Sign with the passkey", then="/desk/receipts/")
        assert person.heading == "Receipt"
    require_every_page_accessible(people["JP"])
    assert f"{number} is adopted" in people["MN"].page.content()
    assert [person.faults for person in people.values()] == [[], []]

    cli.run("export", "bundle", number, "-o", "decided.jcbundle.json")
    verified = cli.json("verify", "decided.jcbundle.json", "--trust", "trust.json")
    assert verified["ok"], verified
    bundle = json.loads((tmp_path / "decided.jcbundle.json").read_text())
    decision = Envelope.from_json(bundle["envelope"])
    assert [b"authenticatorData" in s.sig for s in decision.signatures] == [True, True]
    assert sum(b"webauthn-es256" in Envelope.from_json(e).payload for e in bundle["chain"]) == 2


def test_without_an_authenticator_nothing_is_sent_and_the_page_says_so(
    tmp_path: Path, serve: Serve, meet: Meet
) -> None:
    settings = Settings(tmp_path / "home", tmp_path / "home" / "keys")
    founded(settings)
    person = meet(serve(settings))
    person.go("/desk/sign-in")

    person.page.get_by_role("button", name="Sign in with a passkey").click()

    said = person.page.locator("[role=status]")
    said.get_by_text("nothing was sent").wait_for()
    assert person.path == "/desk/sign-in"
