"""The same form sent twice makes one thing; what was refused may be sent again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from governance.access import once as subject
from governance.access.once import LASTS, Once, new_word
from governance.access.opening import open_access
from governance.demo.stage import Stage
from policies.refusals import SomeoneActedFirstError, StepNotAllowedError, UnreadableError

WHO = "JP-MN jp-hara"


@pytest.fixture
def once(stage: Stage) -> Iterator[Once]:
    stage.found("MN")
    with closing(open_access(stage.engine.settings)) as kept:
        yield Once(kept)


class Maker:
    """Makes a thing each time that it is asked to."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"/desk/{self.count}"


def test_the_same_form_sent_again_goes_to_what_the_first_made(once: Once, stage: Stage) -> None:
    make, word = Maker(), new_word()
    sent = [once.made(WHO, word, make, stage.clock()) for _ in range(3)]
    assert sent == ["/desk/1"] * 3


def test_another_form_and_another_person_make_their_own(once: Once, stage: Stage) -> None:
    make, word = Maker(), new_word()
    once.made(WHO, word, make, stage.clock())
    assert once.made(WHO, new_word(), make, stage.clock()) == "/desk/2"
    assert once.made("JP-MN jp-mori", word, make, stage.clock()) == "/desk/3"


def test_the_same_word_with_other_content_is_refused_and_never_passed_over(
    once: Once, stage: Stage
) -> None:
    make, word = Maker(), new_word()
    assert once.made(WHO, word, make, stage.clock(), "one") == "/desk/1"
    assert once.made(WHO, word, make, stage.clock(), "one") == "/desk/1"
    with pytest.raises(SomeoneActedFirstError, match="what it made stands at /desk/1"):
        once.made(WHO, word, make, stage.clock(), "two")
    assert make.count == 1


def test_of_two_that_come_at_once_one_makes_and_the_other_waits(once: Once, stage: Stage) -> None:
    word, begun, ends = new_word(), threading.Event(), threading.Event()
    make = Maker()

    def slowly() -> str:
        begun.set()
        ends.wait(5)
        return make()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(once.made, WHO, word, slowly, stage.clock())
        assert begun.wait(5)
        second = pool.submit(once.made, WHO, word, make, stage.clock())
        assert not second.done()
        ends.set()
        assert (first.result(5), second.result(5)) == ("/desk/1", "/desk/1")


def test_what_was_refused_may_be_sent_again_with_its_word(once: Once, stage: Stage) -> None:
    make, word = Maker(), new_word()

    with pytest.raises(StepNotAllowedError):
        once.made(WHO, word, raising(StepNotAllowedError("not now")), stage.clock())

    assert once.made(WHO, word, make, stage.clock()) == "/desk/1"


def test_what_was_cut_off_is_not_made_again_by_guessing(
    once: Once, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "PATIENCE", 0.0)
    make, word = Maker(), new_word()
    with pytest.raises(OSError, match="power"):
        once.made(WHO, word, raising(OSError("power")), stage.clock())

    with pytest.raises(SomeoneActedFirstError, match="look whether it is there"):
        once.made(WHO, word, make, stage.clock())

    assert make.count == 0


def test_a_word_is_forgotten_after_its_time_and_not_before(once: Once, stage: Stage) -> None:
    make, word = Maker(), new_word()
    once.made(WHO, word, make, stage.clock())
    stage.clock.now += LASTS
    assert once.made(WHO, word, make, stage.clock()) == "/desk/1"
    stage.clock.now += timedelta(seconds=1)
    assert once.made(WHO, word, make, stage.clock()) == "/desk/2"


@pytest.mark.parametrize("word", [None, "", "short", "x" * 65, "ü" * 24, f"{'x' * 24}\n"])
def test_a_form_without_a_word_of_ours_makes_nothing(
    once: Once, stage: Stage, word: str | None
) -> None:
    make = Maker()
    with pytest.raises(UnreadableError, match="no word"):
        once.made(WHO, word, make, stage.clock())
    assert make.count == 0


def test_a_place_of_an_older_program_gets_the_table(stage: Stage) -> None:
    stage.found("MN")
    settings = stage.engine.settings
    with closing(open_access(settings)) as kept, kept.writing() as asking:
        asking.run("DROP TABLE jcgov.access_forms")
    make_newer(stage)
    with closing(open_access(settings)) as kept:
        assert Once(kept).made(WHO, new_word(), Maker(), stage.clock()) == "/desk/1"


def make_newer(stage: Stage) -> None:
    """Do what the operator does on PostgreSQL, whose tables are declared older: ``jcgov init``."""
    from governance.access.opening import make_access
    from governance.access.schema import FIRST, OLDER
    from governance.assembly import make_tables
    from governance.kept.postgresql import declare
    from policies.refusals import WrongHomeError

    settings = stage.engine.settings
    if settings.database_url is None:
        return
    from aggregates.store.postgresql import PostgreSQLDatabase

    with closing(PostgreSQLDatabase(settings.database_url)) as database:
        with database.writing() as cursor:
            declare(cursor, FIRST, max(OLDER))
        with pytest.raises(WrongHomeError, match="jcgov init"):
            open_access(settings)
        make_access(database)
    make_tables(settings)


def raising(error: Exception) -> Callable[[], str]:
    def make() -> str:
        raise error

    return make
