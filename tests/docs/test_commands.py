"""No page names a command, or an option, that is not there."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from governance.cli.main import build_parser
from tests.docs.commands import PAGES, Named, named_in, wrong_with


@pytest.fixture(scope="module")
def parser() -> argparse.ArgumentParser:
    return build_parser([])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_that_a_page_names_is_there(
    page: Path, parser: argparse.ArgumentParser
) -> None:
    found = list(named_in(page.name, page.read_text("utf-8")))

    assert found, f"{page.name} names no command; is it still read as it is written?"
    wrong = {" ".join(named.words): wrong_with(parser, named) for named in found}
    assert {words: said for words, said in wrong.items() if said is not None} == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("    ./jcgov --home NEW restore a.jsonl  # why", "--home NEW restore a.jsonl"),
        ("    JCGOV_DOCUMENTS=COPY ./jcgov document check", "document check"),
        ("    sudo -u jcgov /opt/jcgov/jcgov doctor --json | jq .", "doctor --json"),
        ("    ./jcgov replay --verify --json > head.json", "replay --verify --json"),
        ("    ./jcgov serve --side JP \\\n        --port 1", "serve --side JP --port 1"),
        ("see `jcgov rulebook\nshow`.", "rulebook show"),
        ("```sh\njcgov log\n```", "log"),
    ],
)
def test_commands_are_found_wherever_a_page_may_name_them(line: str, words: str) -> None:
    assert [" ".join(found.words) for found in named_in("a page", line)] == [words]


def test_words_of_prose_and_other_programs_are_no_commands() -> None:
    text = "the user jcgov runs it\n\n    useradd jcgov\n    chown jcgov: file\n"

    assert list(named_in("a page", text)) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("no-such", "jcgov has no command no-such"),
        ("subscription forget ID", "jcgov subscription has no command forget"),
        ("settle --often 10", "jcgov settle has no option --often"),
        ("--home NEW restore FILE --force", "jcgov restore has no option --force"),
        ("registry-demo open|shut", "jcgov registry-demo has no command shut"),
        ("document get DIGEST [--hidden]", "jcgov document get has no option --hidden"),
        ("settle --every 10", None),
        ("subscription resume ID", None),
        ("COMMAND --help", None),
    ],
)
def test_what_is_not_there_is_said(
    words: str, said: str | None, parser: argparse.ArgumentParser
) -> None:
    assert wrong_with(parser, Named("a page", tuple(words.split()))) == said
