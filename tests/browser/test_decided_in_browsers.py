"""The whole way in browsers: passkeys, a submission, a text, signatures, a file that verifies."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute

from governance import assembly
from governance.clock import utc_now
from governance.demo.stage import Stage, ToldClock, Voice
from governance.pages.site import PAGES
from governance.settings import Settings
from policies.proof.dsse import Envelope
from tests.browser.conftest import Meet, Serve
from tests.browser.keyboard import tab_to
from tests.browser.person import Person
from tests.governance.terminal import Terminal
from tests.http.served import wait_for

CODE = "JP-MN"
HERE = "/desk/committees/MN"
PEOPLE = {
    "jp-hara": ("Hara Kenji", "co-chair"),
    "mn-bold": ("Bold Ganbaatar", "co-chair"),
    "mn-nomin": ("Nomin Oyun", "secretary"),
}
CHAIRS = ("jp-hara", "mn-bold")
TITLE = "Heat pumps in schools"
TEXTS = {
    "English": f"The Joint Committee approves the methodology “{TITLE}”.",
    "Japanese": "合同委員会は方法論「学校における熱ポンプ」を承認する。",
    "Mongolian": "Хамтарсан хороо аргачлалыг батлав.",
}


def founded(settings: Settings) -> None:
    """Found the committee, and appoint its people, none of whom has a key yet."""
    with assembly.engine(settings) as made:
        stage = Stage(made, ToldClock(utc_now()), Voice(), settings.keys / "people")
        stage.found("MN")
        for side in ("JP", "MN"):
            acts: list[dict[str, Any]] = [
                {"act": "appoint", "person": person, "name": name, "role": role}
                | {"from": "2020-01-01", "until": None}
                for person, (name, role) in PEOPLE.items()
                if person.startswith(side.lower())
            ]
            stage.appoint("MN", side, acts)
        Terminal.at(settings).write("trust.json", stage.trust)


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
    keys = [f"{people}/mn-{side}-authority-{n}.key" for n in (1, 2)]
    for key in keys:
        cli.run("sign", file, "--key", key, "-o", file.with_suffix(".more"), "--yes")
        file.with_suffix(".more").replace(file)
    assert "recorded" in cli.run("submit", file).out


def came_in(cli: Terminal, person: Person, name: str) -> None:
    """Get a passkey appointed, and sign in with it."""
    file = register(person, name, cli.folder / f"{name}.json")
    assert len(Envelope.from_bytes(file.read_bytes()).signatures) == 1
    appointed(cli, file, name[:2])
    person.go("/desk/sign-in")
    person.press("Sign in with a passkey", then="/desk")
    assert PEOPLE[name][0] in person.page.content()


def submitted(secretary: Person, folder: Path) -> None:
    """Hand a methodology in with its papers, received weeks ago, find them complete, publish it."""
    days = {name: (utc_now() - timedelta(days=n)).date().isoformat() for name, n in DAYS.items()}
    page = secretary.page
    secretary.go(f"{HERE}/docket/new?kind=methodology_proposal")
    secretary.require_fitting()
    page.get_by_label("Title *").fill(TITLE)
    page.get_by_label("Submitted by (person or organisation) *").fill("Nomad Energy LLC")
    page.get_by_label("Of which side").select_option("MN")
    page.get_by_label("Received on").fill(days["received"])
    page.get_by_label("Sectoral scopes").fill("1")
    page.get_by_label("Greenhouse gases").fill("CO2")
    for count, paper in enumerate(
        ("Proposed methodology form", "Proposed methodology spreadsheet")
    ):
        rows = page.get_by_role("group", name=paper)
        rows.get_by_label("Version").fill("1.0")
        file = folder / f"paper-{count}.pdf"
        file.write_bytes(b"%PDF-1.7 " + paper.encode())
        rows.get_by_label("Public file").set_input_files(file)
    secretary.press("Submit", then=f"{HERE}/docket/1")
    assert TITLE in page.content()
    take(secretary, "Find the papers complete", days["complete"])
    take(secretary, "Publish for the public's inputs", days["published"])
    page.get_by_text("being assessed").first.wait_for()
    secretary.require_fitting()


DAYS = {"received": 60, "complete": 55, "published": 50}
"""Days ago: a methodology's time for inputs is over since."""


def take(secretary: Person, step: str, day: str) -> None:
    """Open a step's form on the page of its case, say the day, and take it."""
    form = secretary.page.locator("details.step", has=secretary.page.get_by_text(step)).first
    form.locator("summary").first.click()
    form.get_by_label("Day on which it was done").fill(day)
    form.get_by_role("button", name=step).last.click()
    secretary.page.locator("details.step summary", has_text=step).wait_for(state="detached")
    secretary.page.wait_for_load_state()


def prepared(secretary: Person) -> str:
    """Lay the case on the table, check the text, freeze it, send it out; return its number."""
    page = secretary.page
    page.get_by_role("link", name="Lay it on the table").click()
    page.get_by_role("heading", name="Prepare a decision").wait_for()
    for language, text in TEXTS.items():
        page.get_by_label(language, exact=True).fill(text)
    page.get_by_role("button", name="Check it").last.click()
    page.get_by_text("Nothing bars this text from being frozen.").wait_for()
    assert page.get_by_label("Mongolian", exact=True).input_value() == TEXTS["Mongolian"]
    secretary.require_fitting()
    secretary.press("Freeze the text", then=f"{HERE}/texts/1")
    secretary.require_fitting()
    secretary.press("Record that it was sent today", then=f"{HERE}/texts/1")
    assert page.get_by_role("button", name="Read and sign").count() == 0
    return secretary.heading.split()[0]


def signed(chair: Person, number: str) -> None:
    """Find what is asked, read it, sign it; the page made from the bytes names the text."""
    chair.go("/desk")
    chair.require_fitting()
    chair.page.get_by_role("link", name=f"sign {number}").click()
    chair.page.get_by_role("heading", name="What you are asked").wait_for()
    assert TEXTS["Japanese"] in chair.page.content()
    chair.require_fitting()
    chair.press("Read and sign", then="/desk/sign/")
    assert number in chair.page.locator("pre").first.inner_text()
    chair.require_fitting()
    tab_to(chair.page, "form.passkey button")
    chair.page.keyboard.press("Enter")
    chair.page.get_by_role("heading", name="Receipt").wait_for()
    chair.require_fitting()


SEEN_ON_THE_WAY = {
    *("/desk", "/desk/sign/{digest}", "/desk/receipts/{digest}/{keyid}"),
    *("/desk/committees/{code}/docket/new", "/desk/committees/{code}/docket/{place}"),
    *("/desk/committees/{code}/texts/new", "/desk/committees/{code}/texts/{proposal:int}"),
    "/desk/committees/{code}/people/requests/{digest}",
}
"""The pages that the way itself leads over."""
ADDRESSES = {
    "/desk/sign-in": "/desk/sign-in",
    "/desk/register": "/ja/desk/register",
    "/desk/passkeys": "/ja/desk/passkeys",
    "/desk/hand-in": "/desk/hand-in",
    "/desk/committees/{code}": "/ja/desk/committees/MN",
    "/desk/committees/{code}/docket": "/desk/committees/MN/docket?ended=true",
    "/desk/committees/{code}/texts": "/ja/desk/committees/MN/texts",
    "/desk/committees/{code}/texts/{proposal}/revise": "/desk/committees/MN/texts/2/revise",
    "/desk/committees/{code}/meetings": "/desk/committees/MN/meetings",
    "/desk/committees/{code}/people": "/desk/committees/MN/people",
    "/desk/committees/{code}/people/ask": "/desk/committees/MN/people/ask?what=alternate",
    "/desk/committees/{code}/registry": "/ja/desk/committees/MN/registry",
    "/desk/committees/{code}/registry/feed/{side}": "/desk/committees/MN/registry/feed/MN",
    "/desk/committees/{code}/registry/amounts": "/desk/committees/MN/registry/amounts",
    "/desk/committees/{code}/registry/differences": "/desk/committees/MN/registry/differences",
}
"""The other pages, once it is over; of some in Japanese."""
ELSEWHERE = {
    *("/desk/keys/{keyid}", "/desk/keys/{keyid}/public.json"),
    "/desk/receipts/{digest}/{keyid}/signature.json",
    "/desk/committees/{code}/people/requests/{digest}/request.json",
    "/desk/committees/{code}/docket/{place}/documents/{digest}",
    "/desk/committees/{code}/reminders/{side}/{person}.{kind}",
    "/desk/committees/{code}/texts/{proposal:int}/annexes/{digest}",
}
"""Files; and the page of a key that no roster knows, to which tests/access come."""


def test_every_page_of_the_desk_is_looked_at() -> None:
    routes = {
        route.path
        for prefix, route in PAGES
        if isinstance(route, APIRoute) and prefix == "" and "GET" in (route.methods or ())
        if route.path.startswith("/desk")
    }
    assert routes == SEEN_ON_THE_WAY | set(ADDRESSES) | ELSEWHERE


def require_every_page_of_the_desk_looked_at(secretary: Person, chair: Person) -> None:
    """Look at what the way did not lead over; ask for an alternate by keyboard alone."""
    kept = secretary.page
    secretary.go(f"{HERE}/texts/new")
    kept.get_by_label("Or something that is no case").select_option(label="Put a rulebook in force")
    kept.get_by_role("button", name="Add").last.click()
    kept.get_by_label("English", exact=True).fill("The Joint Committee adopts its rules anew.")
    secretary.press("Keep as a draft", then=f"{HERE}/texts/2")
    for address in ADDRESSES.values():
        secretary.go(address)
        secretary.require_fitting()
    named_by_keyboard(chair)


def named_by_keyboard(chair: Person) -> None:
    """Name an alternate for a holiday, with the keys of the keyboard and nothing else."""
    chair.go(f"{HERE}/people/ask?what=alternate")
    page, begins = chair.page, utc_now().date() + timedelta(days=10)
    ends = begins + timedelta(days=14)
    typed = {"name": "Mori Aiko", "person": "jp-mori"}
    typed |= {"begins": f"{begins:%m%d%Y}", "ends": f"{ends:%m%d%Y}"}
    for field, text in typed.items():
        tab_to(page, f"#{field}")
        page.keyboard.type(text)
    tab_to(page, "main form.letter button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{HERE}/people/requests/*")
    for said in ("Mori Aiko", begins.isoformat(), ends.isoformat()):
        assert said in page.locator("main").inner_text()
    chair.require_fitting()


def require_all_signed_by_passkeys(file: Path) -> None:
    """Look into the file: both signatures are a browser's, by keys that were appointed so."""
    bundle = json.loads(file.read_text())
    decision = Envelope.from_json(bundle["envelope"])
    assert [b"authenticatorData" in s.sig for s in decision.signatures] == [True, True]
    appointed_keys = [b"webauthn-es256" in Envelope.from_json(e).payload for e in bundle["chain"]]
    assert sum(appointed_keys) == len(PEOPLE)


def test_a_decision_from_the_submission_to_the_verified_file(
    tmp_path: Path, serve: Serve, meet: Meet
) -> None:
    settings = Settings(tmp_path / "home", tmp_path / "home" / "keys")
    founded(settings)
    cli = Terminal.at(settings)
    service = serve(settings)
    people = {name: meet(service) for name in PEOPLE}
    for name, person in people.items():
        came_in(cli, person, name)

    secretary = people["mn-nomin"]
    submitted(secretary, tmp_path)
    number = prepared(secretary)
    for name in CHAIRS:
        signed(people[name], number)
    assert f"{number} is adopted" in people[CHAIRS[-1]].page.content()

    anybody = meet(service)
    anybody.go("/")
    anybody.page.get_by_role("link", name="Decisions").first.click()
    anybody.page.get_by_role("link", name=number).first.click()
    anybody.page.get_by_text("signed by").first.wait_for()
    for text in TEXTS.values():
        assert text in anybody.page.content()
    wait_for(lambda: service.client.get("/healthz").json()["logs"][CODE]["waiting"] == 0)
    file = anybody.fetched("jcbundle.json", tmp_path / "decided.jcbundle.json")
    verified = cli.json("verify", file, "--trust", "trust.json", "--require", "logged")
    assert verified["ok"], verified
    require_all_signed_by_passkeys(file)
    require_every_page_of_the_desk_looked_at(secretary, people[CHAIRS[0]])
    assert [person.faults for person in (*people.values(), anybody)] == [[]] * 4


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
