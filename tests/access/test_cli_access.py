"""An operator makes tokens, sees who came, and ends what should end: at the command line."""

from __future__ import annotations

import stat
from pathlib import Path

import psycopg
from psycopg import sql

from governance.access.access import Access
from governance.access.entries import AccessRecord, Entry
from governance.access.opening import access_tables
from governance.demo.stage import Stage
from governance.settings import Settings
from policies.proof.dsse import Envelope
from tests.access.browser import Browser, Passkey
from tests.access.test_signing_in import in_desk
from tests.access.test_tokens import ask
from tests.governance.setting import found
from tests.governance.terminal import Terminal
from tests.governance.test_cli_postgresql import as_role

NEW = (
    "token",
    "new",
    "--committee",
    "MN",
    "--side",
    "MN",
    "--may",
    "deliveries",
    "--label",
    "ours",
)


def terminal(stage: Stage) -> Terminal:
    return Terminal.at(stage.engine.settings)


def at(stage: Stage) -> str:
    return stage.clock.now.isoformat()


def test_a_token_is_shown_once_listed_and_revoked(stage: Stage, browser: Browser) -> None:
    cli = terminal(stage)
    made = cli.run(*NEW, "--json", at=at(stage)).json
    assert ask(browser, made["token"]).status_code == 200

    (listed,) = cli.json("token", "list")
    assert made["token"] not in str(listed)
    assert (listed["side"], listed["may"], listed["revoked_at"]) == ("MN", "deliveries", None)
    cli.run("token", "revoke", made["id"], at=at(stage))

    assert ask(browser, made["token"]).status_code == 401
    assert cli.json("token", "list")[0]["revoked_at"] is not None
    assert "no token" in cli.run("token", "revoke", "zz", code=1).err


def test_a_token_is_for_a_side_and_ends_soon_enough(stage: Stage, browser: Browser) -> None:
    cli = terminal(stage)

    assert "no side" in cli.run(*NEW, "--side", "ID", code=1).err
    assert "within 400 days" in cli.run(*NEW, "--until", "2099-01-01", code=1).err
    assert cli.json("token", "list") == []


def test_it_is_seen_who_came_and_ended_who_should_not_be_there(
    stage: Stage, browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    cli, hara = terminal(stage), passkeys["jp-hara"]
    browser.sign_in(hara)
    browser.sign_in(Passkey("a stranger's"))

    refused, came = cli.json("access", "record")
    assert (came["who"], came["outcome"]) == (hara.record.keyid, "done")
    assert (refused["who"], refused["outcome"]) == (None, "refused")
    (session,) = cli.run("access", "sessions", "--json", at=at(stage)).json
    assert session["key"] == hara.record.keyid
    cli.run("access", "end", session["session"], at=at(stage))

    assert not in_desk(browser)
    assert "called 'zz'" in cli.run("access", "end", "zz", code=1).err


def test_a_passkey_that_was_lost_is_forgotten_with_its_sessions(
    stage: Stage, browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    browser.sign_in(passkeys["jp-hara"])
    known = terminal(stage).json("access", "passkeys")
    assert passkeys["jp-hara"].id in [each["passkey"] for each in known]

    terminal(stage).run("access", "end", passkeys["jp-hara"].id, at=at(stage))

    assert not in_desk(browser)
    assert browser.sign_in(passkeys["jp-hara"]).status_code == 403


def test_looking_makes_nothing(stage: Stage, passkeys: dict[str, Passkey]) -> None:
    cli = terminal(stage)

    for words in (("token", "list"), ("access", "record"), ("access", "sessions")):
        assert cli.json(*words) == []
        assert cli.run(*words).out.count("\n") == 1
    assert not list(stage.engine.settings.home.glob("access*"))


def test_a_request_of_the_authority_is_opened_at_the_desk(
    stage: Stage, access: Access, browser: Browser
) -> None:
    from tests.access.test_passkeys_appointed import register, sign

    made = Passkey("Tanaka's phone")
    file = browser.client.get(f"{register(browser, 'jp-tanaka', made)}/public.json")
    cli = terminal(stage)
    cli.write("key.pub.json", file.content)
    act = {"act": "appoint", "person": "jp-tanaka", "name": "Tanaka Jun", "role": "member"}
    add = {"act": "add-key", "person": "jp-tanaka", "key": "key.pub.json"}
    cli.write("acts.json", [act | {"from": "2020-01-01", "until": None}, add])
    place = cli.run(
        *("roster", "request", "acts.json", "--committee", "MN", "--side", "JP"),
        *("-o", "request.json", "--desk"),
        at=at(stage),
        environment={"JCGOV_ORIGIN": "https://record.example"},
    ).out.strip()

    receipt = sign(browser, place.removeprefix("https://record.example"), made)
    signed = Envelope.from_bytes(browser.client.get(f"{receipt}/signature.json").content)
    stage.submit(stage.sign(signed, "mn-jp-authority-1", "mn-jp-authority-2"))

    assert browser.sign_in(made).status_code == 303


def test_the_file_is_for_its_owner_alone(stage: Stage, access: Access) -> None:
    assert access.credentials.all()
    for file in stage.engine.settings.home.glob("access.sqlite3*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_on_postgresql_the_applications_role_keeps_access(
    database_url: str, tmp_path: Path, role: str
) -> None:
    owner = Terminal(tmp_path, tmp_path / "home", {"JCGOV_DATABASE_URL": database_url})
    owner.run("init", "--application", role)
    found(owner)
    environment = {"JCGOV_DATABASE_URL": as_role(database_url, role)}
    cli = Terminal(tmp_path, tmp_path / "home", environment)

    made = cli.run(*NEW, "--json").json
    cli.run("token", "revoke", made["id"])
    settings = Settings(tmp_path / "home", tmp_path / "keys", environment["JCGOV_DATABASE_URL"])
    with access_tables(settings) as kept:
        AccessRecord(kept, 1).note(Entry(1, "sign in", "done", None, "here"))
    assert [entry["what"] for entry in cli.json("access", "record")] == ["sign in"]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP TABLE jcgov.access_credentials")
    assert "jcgov init" in cli.run("token", "list", code=1).err
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
