"""Two years of succession: keys are called, lost and stolen; authority, chair, record key change.

Signatures stand in it that a compromise disputes, and none of what was adopted falls.
"""

from __future__ import annotations

from governance.keys.files import PrivateKey
from governance.service.roll_call import call_roll
from tests.aggregates.room import CODE, MEASURE, Room
from tests.aggregates.successions import JP, authority, compromises_key, hands_in

CHAIRS = ("jp-hara", "mn-bold")


def answered(room: Room, year: int, *names: str) -> None:
    """Call the keys of a year, unless they are called, and let these answer."""
    keyids = {room.stage.key(name).record.keyid: name for name in names}
    for request in call_roll(room.stage.engine.desk, CODE, year).values():
        name = keyids.get(str(request.envelope.value["keyid"]))
        if name is not None:
            room.stage.submit(room.stage.sign(request.envelope, name))


def decided(room: Room, title: str, *chairs: str) -> int:
    """Let everybody affirm a measure, and both co-chairs sign it; it is adopted on that day."""
    proposal = room.distribute(MEASURE | {"title": title})
    room.affirm(proposal, "jp-mori", "jp-ueda", "mn-dorj", "mn-sara")
    room.sign(proposal, *(chairs or CHAIRS))
    assert room.adoption(proposal) is not None
    return proposal


def tell(room: Room) -> tuple[int, int, int]:
    """Tell it to a seated committee on 5 January 2026; returns the proposals that were adopted.

    Hara's key was in other hands after the first of them.
    """
    room.appoint("MN", *room.seat("mn-registry", "Registry of Mongolia", ("registry",)))
    answered(room.on("2026-02-02"), 2026, "jp-hara", "mn-bold", "mn-registry", JP[0])
    first = decided(room.on("2026-03-02"), "Before it was stolen")
    second = decided(room.on("2026-04-06"), "After it was stolen")
    open_text = room.distribute(MEASURE | {"title": "Open when that was seen"})
    room.sign(open_text, *CHAIRS)
    room.object(open_text, "jp-hara", "It is somebody else who objects.")
    answered(room, 2026, "jp-ueda")
    room.on("2026-05-04")
    since = room.text(first).envelope.digest
    stolen = [compromises_key(room, "jp-hara", since), room.key("jp-hara", "jp-hara-2")]
    hands_in(room, "JP", stolen, *JP[:2], "jp-hara-2")
    hands_in(room, "JP", [authority(room, *JP[1:], "jp-new")], *JP[1:], "jp-new")
    tuya = room.seat("mn-tuya", "Tuya Erdene", ("co-chair",), "2026-05-04", "2027-03-31")
    room.appoint("MN", room.ends("mn-bold", "co-chair"), room.retires("mn-bold"), *tuya)
    new = PrivateKey.new("ed25519")
    room.replace_record_key(new, authorities={"JP": JP[1:]})
    new.save(room.stage.engine.settings.keys / f"{CODE}.record.2.key", None)
    third = decided(room.on("2026-06-01"), "With the new keys", "jp-hara-2", "mn-tuya")
    answered(room.on("2027-02-01"), 2027, "jp-hara-2", "mn-tuya", "jp-new")
    return first, second, third
