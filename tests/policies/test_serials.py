"""Blocks of serial numbers: counted and compared as far as that can be done, and quickly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.serials import Block, Blocks

HUGE = "9" * 290


@pytest.mark.parametrize(
    ("first", "last", "size"),
    [
        ("MN-001", "MN-100", 100),
        ("MN-9", "MN-10", 2),
        ("7", "7", 1),
        ("MN-100", "MN-1", -98),
        ("MN-1", "MN-0", 0),
        ("A-1", "B-2", None),
        ("MN-1", "MN-1a", None),
        ("MN-", "MN-", 1),
        ("only", "only", 1),
        ("MN-99", "MN-", None),
        (f"MN-{HUGE}", f"MN-1{'0' * 290}", 2),
        ("1" * 300, "1" * 300, 1),
    ],
)
def test_a_block_is_counted_where_its_numbers_begin_alike(
    first: str, last: str, size: int | None
) -> None:
    found = Block(first, last).size

    assert found == size or (size is None and found is None)


def sharing(one: Block, other: Block) -> bool:
    found = Blocks()
    found.add(other, "other")
    return list(found.sharing(one)) == ["other"]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (("A1", "A9"), ("A9", "A12"), True),
        (("A1", "A9"), ("A10", "A12"), False),
        (("A1", "A100"), ("A40", "A41"), True),
        (("A9", "A1"), ("A3", "A4"), True),
        (("A1", "A9"), ("B1", "B9"), False),
        (("A1", "B9"), ("B9", "C1"), True),
        (("A1", "B9"), ("A5", "A7"), False),
        (("A0", "A3"), ("A1", "B9"), True),
        (("x", "y"), ("y", "z"), True),
        (("x", "y"), ("x ", "z"), False),
        (("A01", "A05"), ("A5", "A6"), True),
        ((f"A{HUGE}", f"A1{'0' * 290}"), (f"A1{'0' * 290}", f"A1{'0' * 290}"), True),
        (("A", "A"), ("A0", "A0"), False),
    ],
)
def test_blocks_share_a_number_or_are_not_known_to(
    one: tuple[str, str], other: tuple[str, str], *, shared: bool
) -> None:
    assert sharing(Block(*one), Block(*other)) is shared
    assert sharing(Block(*other), Block(*one)) is shared


ENDS = st.integers(0, 60).map(lambda n: f"S{n}")
SOME = st.builds(Block, ENDS | st.just("T5"), ENDS | st.just("T5"))


def known(block: Block) -> set[str]:
    """Return the numbers that are known to be in a block, one by one."""
    ends = sorted(int(end[1:]) for end in block if end.startswith("S"))
    if len(ends) == 2:
        return {f"S{n}" for n in range(ends[0], ends[1] + 1)}
    return set(block)


@given(st.lists(SOME, max_size=12), st.sets(st.integers(0, 11)), SOME)
def test_what_shares_a_number_is_found_as_if_each_number_were_compared(
    blocks: list[Block], gone: set[int], asked: Block
) -> None:
    found = Blocks()
    for place, block in enumerate(blocks):
        found.add(block, f"{place}")
    for place in gone & set(range(len(blocks))):
        found.remove(blocks[place], f"{place}")

    left = {f"{place}": block for place, block in enumerate(blocks) if place not in gone}
    shared = {name for name, block in left.items() if known(block) & known(asked)}
    answered = list(found.sharing(asked))

    assert set(answered) == shared
    assert len(answered) == len(shared)


def test_many_blocks_and_one_that_spans_them_all_are_asked_about_quickly() -> None:
    blocks = Blocks()
    blocks.add(Block("MN-0", f"MN-{10**17}"), "all")
    begun = time.perf_counter()
    for n in range(20_000):
        block = Block(f"MN-{n * 100}", f"MN-{n * 100 + 99}")
        assert list(blocks.sharing(block)) == ["all"]
        blocks.add(block, f"{n}")

    assert time.perf_counter() - begun < 5  # some 0.2 s; comparing each with each takes minutes
