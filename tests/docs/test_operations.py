"""``docs/operations.md`` and ``docs/deploy``: what they tell works, and fits the program."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from governance.cli.main import build_parser
from governance.http.app import application
from governance.http.limits import Limits
from governance.http.serving import KEEP_ALIVE
from governance.settings import Settings
from policies.proof.dsse import MAX_ENVELOPE
from tests.governance import setting
from tests.governance.terminal import ROOT, Terminal

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
DEPLOY = ROOT / "docs" / "deploy"
UNIT = (DEPLOY / "jcgov.service").read_text("utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")
NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")


def _program(name: str, folder: Path) -> Path:
    found = re.findall(rf"^```python {name}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(found) == 1
    file = folder / f"{name}.py"
    file.write_text(found[0], "utf-8")
    return file


@pytest.fixture
def founded(tmp_path: Path) -> Terminal:
    cli = Terminal.at(Settings.read(str(tmp_path / "home")))
    setting.found(cli)
    return cli


def _run(cli: Terminal, program: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(program), *arguments],
        cwd=cli.folder,
        env={"JCGOV_HOME": str(cli.home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_both_authorities_replace_a_record_key_that_is_lost(founded: Terminal) -> None:
    convene = ("convene", "--committee", "MN", "--date", "2099-12-15", "--place", "Tokyo")
    assert founded.home is not None
    for name in ("JP-MN.record.key", "JP-MN.record.key.pub.json"):
        (founded.home / "keys" / name).unlink()
    assert founded.json("doctor")["committees"][0]["record_key"] is False
    assert "record key is not here" in founded.run(*convene, code=1).err

    plan, request = re.findall(r"^    \./jcgov (committee engine (\S+) .*?-o (\S+))", PAGE, re.M)[
        0
    ][1:]
    founded.write(plan, {"record": "new"})
    founded.run("committee", "engine", plan, "--committee", "MN", "-o", request)
    for side in ("JP", "MN"):
        setting.sign(founded, "engine.json", f"MN-{side}.key", f"engine-{side}.sig")
    founded.run("submit", "engine-JP.sig", code=1)
    founded.run("submit", "engine-JP.sig", "engine-MN.sig")

    assert founded.json("doctor")["committees"][0]["record_key"] is True
    founded.run(*convene)
    assert founded.json("replay", "--verify")["verified"]["ok"] is True


def test_what_a_record_holds_of_a_person_is_found_inside_envelopes_too(founded: Terminal) -> None:
    founded.run("backup", "record.jsonl")
    lines = (founded.folder / "record.jsonl").read_text("utf-8")
    assert "Bold Ganbaatar" not in lines, "an appointment's names stand in its payload alone"

    program = _program("person", founded.folder)
    found = _run(founded, program, "bold ganbaatar", "record.jsonl").splitlines()

    assert len(found) == 1
    assert '"topic":"jcm.appointment-recorded.v1"' in found[0]
    assert _run(founded, program, "nobody of that name", "record.jsonl") == ""


def test_a_backup_holds_no_subscription_and_its_secret_lies_in_a_file_of_its_own(
    founded: Terminal,
) -> None:
    assert founded.home is not None
    made = founded.json("subscription", "add", "--side", "JP", "--url", "https://r.example/hook")
    founded.run("backup", "record.jsonl")

    backup = (founded.folder / "record.jsonl").read_bytes()
    kept = founded.home / "deliveries.sqlite3"
    with_it = [
        file.name
        for file in founded.home.glob("*.sqlite3*")
        if made["secret"].encode() in file.read_bytes()
    ]

    assert made["id"].encode() not in backup
    assert made["secret"].encode() not in backup
    assert {name.partition(".sqlite3")[0] for name in with_it} == {"deliveries"}
    assert kept.stat().st_mode & 0o777 == 0o600


def test_every_metric_that_the_page_names_is_served(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    named = set(re.findall(r"`(jcgov_[a-z_]+)", PAGE))
    assert len(named) > 5

    settings = Settings.read(str(tmp_path / "home"))
    with TestClient(application(settings, Limits())) as client:
        client.get("/nowhere")
        text = client.get("/metrics").text

    # A counter with labels is declared before it has counted, without its samples.
    served = set(re.findall(r"^# TYPE (jcgov_[a-z_]+)", text, re.MULTILINE))
    assert named - served == set()


def test_the_unit_is_what_systemd_reads_and_starts_a_command_that_is_there(tmp_path: Path) -> None:
    unit = configparser.RawConfigParser(strict=False, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(UNIT)
    service = unit["Service"]
    program, *arguments = shlex.split(service["ExecStart"])

    build_parser(arguments).parse_args(arguments)
    assert program == "/opt/jcgov/jcgov"
    assert (ROOT / "jcgov").stat().st_mode & 0o111
    assert service["User"] != "root"
    assert f"/var/lib/{service['StateDirectory']}" in service["Environment"]
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert service["CapabilityBoundingSet"] == ""
    assert service["UMask"] == "0077"
    here = tmp_path / "jcgov.service"
    here.write_text(UNIT.replace("/opt/jcgov", str(ROOT)), "utf-8")
    if shutil.which("systemd-analyze") is not None:  # where it is, it has to agree
        _require_agreed(here)


def _require_agreed(unit: Path) -> None:
    analysed = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert [line for line in analysed.stderr.splitlines() if unit.name in line] == []


def test_the_container_runs_what_has_a_hash_as_a_user_without_privileges() -> None:
    text = re.sub(r"^#.*\n", "", CONTAINER, flags=re.MULTILINE)
    steps = [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line]
    installs = re.findall(r"pip install (.*?)(?: &&|$)", text, re.MULTILINE)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = packages["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = [rest.split()[0] for word, rest in steps if word == "COPY" and "--from" not in rest]

    assert len(installs) == 2
    assert "--require-hashes -r requirements.lock" in installs[0]
    assert "--no-deps --no-build-isolation ." in installs[1]
    assert set(copied) == {*wheel, "pyproject.toml", "requirements.lock"}
    assert [rest for word, rest in steps if word == "USER"] == ["10001:10001"]
    [health] = [rest for word, rest in steps if word == "HEALTHCHECK"]
    assert "/healthz" in json.loads(health.partition(" CMD ")[2])[2]
    [command] = [json.loads(rest) for word, rest in steps if word == "CMD"]
    build_parser(command).parse_args(command)
    assert command[-1] in health


def test_the_proxy_lets_through_what_the_engine_takes_and_says_who_asks() -> None:
    [size] = re.findall(r"client_max_body_size (\d+)k;", NGINX)
    [quiet] = re.findall(r"keepalive_timeout (\d+)s;", NGINX)
    [feed] = re.findall(r"location /v1/feed \{(.*?)\}", NGINX, re.DOTALL)

    assert int(size) * 1024 >= MAX_ENVELOPE
    assert int(quiet) < KEEP_ALIVE
    assert "proxy_buffering off;" in feed
    assert "proxy_set_header" not in feed, "one here would drop those of the server"
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX
