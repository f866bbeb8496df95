"""The steps of the drill, each of which says what happened; one that did not work fails it.

Two computers of the sides hold keys, requests, signatures and their own copy of ``trust.json``;
they outlive the machine. Of the machine itself one backup does.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from governance.drill import Moment
from governance.drill.processes import Computer, DrillError, Server, together
from governance.drill.succession import engine_request

CODE = "JP-MN"
_SIDES = ("JP", "MN")
_PEOPLE = {
    "JP": {"jp-chair": ("Co-chair of Japan", "co-chair"), "jp-member": ("Member", "member")},
    "MN": {"mn-chair": ("Co-chair of Mongolia", "co-chair"), "mn-member": ("Member", "member")},
}
_ENDS = ("jcm.decision-adopted.", "jcm.proposal-closed.")
_MEASURE = {
    "kind": "interim_special_measure",
    "title": "The secretariat works from its second office during the drill",
    "from": None,
    "until": None,
    "result": "adopted",
}


class Drill:
    """One exercise in an empty folder."""

    def __init__(self, folder: Path, killed: Moment) -> None:
        self.killed = killed
        self.backup = folder / "backup" / "record.jsonl"
        self.machine = Computer(folder / "machine", folder / "machine" / "home")
        self.elsewhere = Computer(folder / "elsewhere", folder / "elsewhere" / "home")
        self.sides = {side: Computer(folder / side.lower()) for side in _SIDES}
        self.log = folder / "server.log"
        self.number = ""
        self.founding = ""

    def make_keys(self) -> Iterator[str]:
        """Everybody makes their own key, on their own side's computer."""
        names = {side: ("authority", *_PEOPLE[side]) for side in _SIDES}
        together(
            *(
                (
                    self.sides[side],
                    ("key", "new", "--unencrypted", "--scheme", scheme, "-o", f"{name}.key"),
                )
                for side, scheme in zip(_SIDES, ("p256", "ed25519"), strict=True)
                for name in names[side]
            )
        )
        yield "an authority, a co-chair and a member of each side; P-256 in JP, Ed25519 in MN"

    def found(self) -> Iterator[str]:
        """Both authorities found a committee, as a rehearsal for ever, and seat their people."""
        for side, computer in self.sides.items():
            public = computer.file("authority.key.pub.json").read_text("utf-8")
            self.machine.file(f"{side}.pub.json").write_text(public, "utf-8")
        authorities = {side: {"keys": [f"{side}.pub.json"], "threshold": 1} for side in _SIDES}
        self.machine.write("plan.json", {"committee": "MN", "sides": authorities})
        self.machine.run("committee", "found", "plan.json", "-o", "founding.json", "--rehearsal")
        self._signed_by_both("founding", {side: ["authority"] for side in _SIDES}, self.machine)
        for computer in self.sides.values():  # each from the text that it has signed itself
            [named] = computer.json("digest", "founding.json")
            computer.write("trust.json", {CODE: {"founding": named["digest"]}})
            self.founding = named["digest"]
        yield f"{CODE} is founded by {self.founding}"
        self._seat()
        yield "each side has appointed a co-chair and a member, each with the key of their own"

    def _seat(self) -> None:
        for side, people in _PEOPLE.items():
            acts: list[dict[str, object]] = []
            for person, (name, role) in people.items():
                public = json.loads(
                    self.sides[side].file(f"{person}.key.pub.json").read_text("utf-8")
                )
                appoint = {"act": "appoint", "person": person, "name": name, "role": role}
                acts.append(appoint | {"from": "2020-01-01", "until": None})
                acts.append({"act": "add-key", "person": person, "key": public})
            self.machine.write(f"{side}.acts.json", acts)
        asked = ("--committee", "MN", "--side")
        together(
            *(
                (
                    self.machine,
                    ("roster", "request", f"{s}.acts.json", *asked, s, "-o", f"seat-{s}.json"),
                )
                for s in _SIDES
            )
        )
        for side in _SIDES:
            names = {side: ["authority", *_PEOPLE[side]]}
            self._signed_by_both(f"seat-{side}", names, self.machine)

    def freeze(self) -> Iterator[str]:
        """A text is frozen and sent to all members, who affirm it; the co-chairs are asked."""
        self.number = self._propose(self.machine)
        yield f"{self.number} is frozen and distributed, by electronic means"
        for side in _SIDES:
            self.machine.run("affirm", self.number, "-o", f"affirm-{side}.json")
            names = {side: [f"{side.lower()}-member"]}
            self._signed_by_both(f"affirm-{side}", names, self.machine)
        yield "both members have affirmed; what is awaited are the co-chairs"
        self.machine.run("request", self.number, "-o", "request.json")
        [asked] = self.machine.json("digest", "request.json")
        self.machine.mail("request.json", *self.sides.values())
        for computer in self.sides.values():
            computer.run("digest", "request.json", "--compare", " ".join(asked["groups"]))
        yield f"both hold the request, and compared its digest: {asked['digest']}"

    def _propose(self, on: Computer) -> str:
        content = {
            "committee": "MN",
            "procedure": {"kind": "electronic"},
            "items": [_MEASURE],
            "text": {"en": "The Joint Committee exercises the loss of its secretariat's machine."},
        }
        on.write("proposal.json", content)
        number = str(on.json("propose", "proposal.json")["number"])
        on.run("distribute", number)
        return number

    def back_up(self) -> Iterator[str]:
        """The record is backed up to another place; this is the last time."""
        self.backup.parent.mkdir()
        self.machine.run("backup", str(self.backup))
        yield f"{self.backup.stat().st_size:,} bytes; the record key is no part of them"

    def lose(self) -> Iterator[str]:
        """The server runs, and is killed in the middle; the machine and its keys are lost."""
        server = Server(self.machine, self.log)
        try:
            yield f"serving {server.address}"
            yield from self._until_killed(server)
            pid = server.kill()
        finally:
            server.end()
        yield f"process {pid} was killed (SIGKILL)"
        shutil.rmtree(self.machine.folder)
        yield "the machine's disk is gone: the record, its views, the record key and the log key"

    def _until_killed(self, server: Server) -> Iterator[str]:
        signing = {"before-signing": (), "one-signed": _SIDES[:1], "both-signed": _SIDES}
        if self.killed == "both-signed":
            shutil.rmtree(self.machine.home / "keys")
            yield "the record key was away already, so that no adoption can be recorded"
        for side in signing[self.killed]:
            says = server.post(self._sign(side, "request", f"{side.lower()}-chair"))
            if "is adopted" in says:
                message = f"the decision was adopted too early: {says}"
                raise DrillError(message)
            yield f"{side} has signed, and the server says: {says}"

    def restore(self) -> Iterator[str]:
        """The backup is restored on another machine, without the record key."""
        self.elsewhere.run("restore", str(self.backup))
        if self._has_record_key():
            message = "the new machine has a record key that nobody gave it"
            raise DrillError(message)
        [open_one] = self.elsewhere.json("proposals", "--committee", "MN")
        yield f"{open_one['number']}: {open_one['says']}"
        yield "jcgov doctor: the record key is not here"

    def hand_in(self) -> Iterator[str]:
        """Both sides hand in by file what they have signed, or sign now what they hold."""
        for side, computer in self.sides.items():
            file = computer.file(_signature("request", f"{side.lower()}-chair"))
            word = "has kept its signature" if file.exists() else "signs the request that it kept"
            if not file.exists():
                self._sign(side, "request", f"{side.lower()}-chair")
            shutil.copy(file, self.elsewhere.folder)
            yield f"{side} {word}: {self.elsewhere.run('submit', file.name).strip()}"
        if self._adopted() != 0:
            message = "the decision was adopted without an adoption record"
            raise DrillError(message)

    def record_adoption(self) -> Iterator[str]:
        """Both co-chairs record the adoption themselves, in place of the record key."""
        self.elsewhere.run("request", self.number, "--adoption", "-o", "adoption.json")
        chairs = {side: [f"{side.lower()}-chair"] for side in _SIDES}
        yield self._signed_by_both("adoption", chairs, self.elsewhere).strip()

    def end_once(self) -> Iterator[str]:
        """Everything is handed in once more; the decision has ended exactly once."""
        files = [
            _signature(request, f"{side.lower()}-chair")
            for request in ("request", "adoption")
            for side in _SIDES
        ]
        yield self.elsewhere.run("submit", *files).strip().rpartition("\n")[2]
        if self._adopted() != 1:
            message = f"{self.number} stands {self._adopted()} times in the log, not once"
            raise DrillError(message)
        self.elsewhere.run("backup", "after.jsonl")
        topics = [
            json.loads(line).get("topic", "")
            for line in self.elsewhere.file("after.jsonl").read_text("utf-8").splitlines()
        ]
        ended = [topic for topic in topics if topic.startswith(_ENDS)]
        if len(ended) != 1:
            message = f"the record holds {len(ended)} ends of the decision: {', '.join(ended)}"
            raise DrillError(message)
        if not self.elsewhere.json("replay", "--verify")["verified"]["ok"]:
            message = "the record does not verify"
            raise DrillError(message)
        yield f"one adoption among {len(topics) - 1} events; every link and signature is good"

    def verify(self) -> Iterator[str]:
        """Each side verifies the decision's bundle, with its own copy of trust.json."""
        name = "decision.jcbundle.json"
        self.elsewhere.run("export", "bundle", self.number, "-o", name)
        self.elsewhere.mail(name, *self.sides.values())
        asked = ("verify", name, "--trust", "trust.json", "--json")
        for side, said in zip(
            _SIDES, together(*((self.sides[side], asked) for side in _SIDES)), strict=True
        ):
            audit = json.loads(said)
            good = ", ".join(check["check"] for check in audit["checks"] if check["ok"])
            if not audit["ok"]:
                message = f"{side} cannot verify the bundle: {audit['failed']}"
                raise DrillError(message)
            yield f"{side}: good: {good}"

    def replace_key(self) -> Iterator[str]:
        """Both authorities replace the record key, by an engine statement."""
        self.elsewhere.file("engine.json").write_bytes(engine_request(self.elsewhere.home, CODE))
        authorities = {side: ["authority"] for side in _SIDES}
        yield self._signed_by_both("engine", authorities, self.elsewhere).strip()
        if not self._has_record_key():
            message = "the new record key is not the one that the authorities named"
            raise DrillError(message)
        yield "jcgov doctor: the record key is here"

    def go_on(self) -> Iterator[str]:
        """The next text is recorded with the new key; the bundle of before is good as it was."""
        number = self._propose(self.elsewhere)
        if number == self.number:
            message = f"the number {number} was given twice"
            raise DrillError(message)
        yield f"{number} is frozen and distributed, with the new record key"
        yield from self.verify()

    def _sign(self, side: str, request: str, name: str) -> Path:
        computer = self.sides[side]
        to = _signature(request, name)
        computer.run("sign", f"{request}.json", "--key", f"{name}.key", "-o", to, "--yes")
        return computer.file(to)

    def _signed_by_both(self, request: str, names: dict[str, list[str]], at: Computer) -> str:
        """Mail a request to its signers, let them sign, hand all in, and return what is said."""
        at.mail(f"{request}.json", *(self.sides[side] for side in names))
        signers = [(side, name) for side, of_side in names.items() for name in of_side]
        together(
            *(
                (
                    self.sides[side],
                    (
                        *("sign", f"{request}.json", "--key", f"{name}.key", "--yes"),
                        *("-o", _signature(request, name, side)),
                    ),
                )
                for side, name in signers
            )
        )
        files = [_signature(request, name, side) for side, name in signers]
        for (side, _name), file in zip(signers, files, strict=True):
            self.sides[side].mail(file, at)
        return at.run("submit", *files)

    def _adopted(self) -> int:
        entries = self.elsewhere.json("log", "--committee", "MN")
        return sum(entry["number"] == self.number for entry in entries)

    def _has_record_key(self) -> bool:
        [committee] = self.elsewhere.json("doctor")["committees"]
        return bool(committee["record_key"])


def _signature(request: str, name: str, side: str = "") -> str:
    """Return the name of a signature's file: by whose name it is, which says the side but once."""
    of = f"{side.lower()}-{name}" if name == "authority" else name
    return f"{request}.{of}.sig.json"
