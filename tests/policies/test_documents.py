"""A document's public and confidential versions are one entry; only the public one ever shows."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.documents import Document, missing, published, require_sound
from policies.refusals import DocumentError, HiddenTextError

A, B, C = "a" * 64, "b" * 64, "c" * 64


def pdd(**changed: Any) -> Document:
    given: dict[str, Any] = {"kind": "pdd", "title": "PDD of Ulaanbaatar", "version": "1.0"}
    return msgspec.convert(given | changed, Document)


class TestOneEntry:
    @pytest.mark.parametrize(
        "files", [{"public": A}, {"confidential": B}, {"public": A, "confidential": B}]
    )
    def test_has_a_public_or_a_confidential_version_or_both(self, files: dict[str, str]) -> None:
        document = pdd(**files)

        assert msgspec.json.decode(msgspec.json.encode(document), type=Document) == document

    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            ({}, "neither a public nor a confidential"),
            ({"public": None, "confidential": None}, "neither a public nor a confidential"),
            ({"public": A, "confidential": A}, "masks nothing"),
            ({"public": A.upper()}, "public"),
            ({"public": "../" + A[3:]}, "public"),
            ({"public": A + "\n"}, "public"),
            ({"public": A[1:]}, "public"),
            ({"confidential": "x"}, "confidential"),
            ({"public": A, "kind": "PDD"}, "kind"),
            ({"public": A, "kind": "pdd-2"}, "kind"),
            ({"public": A, "kind": "2pdd"}, "kind"),
            ({"public": A, "kind": "pdd\n"}, "kind"),
            ({"public": A, "kind": "p" * 65}, "kind"),
            ({"public": A, "title": ""}, "title"),
            ({"public": A, "title": "  "}, "title"),
            ({"public": A, "title": "t" * 501}, "title"),
            ({"public": A, "version": ""}, "version"),
            ({"public": A, "version": None}, "version"),
            ({"public": A, "size": 1}, "size"),
        ],
    )
    def test_is_refused_in_any_other_form(self, wrong: dict[str, Any], why: str) -> None:
        with pytest.raises(msgspec.ValidationError, match=why):
            pdd(**wrong)

    def test_cannot_be_made_wrong_by_our_own_code_either(self) -> None:
        with pytest.raises(ValueError, match="masks nothing"):
            Document(kind="pdd", title="t", version="1", public=A, confidential=A)


class TestWhatIsPublished:
    def test_of_a_document_with_both_versions_is_the_public_one(self) -> None:
        assert pdd(public=A, confidential=B).published() == pdd(public=A)

    def test_of_a_public_document_is_all_of_it(self) -> None:
        assert pdd(public=A).published() == pdd(public=A)

    def test_of_a_confidential_document_is_nothing(self) -> None:
        assert pdd(confidential=B).published() is None
        assert published([pdd(confidential=B)]) == ()


DIGESTS = st.sampled_from([f"{number:064x}" for number in range(6)])
TEXTS = st.text('aÉ温\u1820 "\\/<&', max_size=8) | DIGESTS | DIGESTS.map(str.upper)
VERSIONS = st.one_of(
    st.fixed_dictionaries({"public": DIGESTS}),
    st.fixed_dictionaries({"confidential": DIGESTS}),
    st.permutations(range(6)).map(
        lambda order: {"public": f"{order[0]:064x}", "confidential": f"{order[1]:064x}"}
    ),
)


@st.composite
def documents(draw: st.DrawFn) -> list[Document]:
    """Any list that may be submitted, also one made to give away; few digests, so that they meet.

    Titles and versions are unlike each other, so that each is known again.
    """
    listed: list[Document] = []
    for number in range(draw(st.integers(0, 5))):
        more = pdd(
            kind=draw(st.sampled_from(["pdd", "moc"])),
            title=f"<title {number}: {draw(TEXTS)}>",
            version=f"<version {number}: {draw(TEXTS)}>",
            **draw(VERSIONS),
        )
        if _stands_beside(more, listed):
            listed.append(more)
    return listed


def _stands_beside(more: Document, listed: list[Document]) -> bool:
    try:
        require_sound([*listed, more])
    except DocumentError:
        return False
    return True


class TestWhateverTheDocuments:
    @given(documents())
    def test_nothing_confidential_is_in_what_is_published(self, listed: list[Document]) -> None:
        shown = msgspec.json.encode(published(listed)).decode().lower()

        for document in listed:
            if document.confidential is not None:
                assert document.confidential not in shown
            if document.public is None:
                for text in (document.title, document.version):
                    assert msgspec.json.encode(text).decode()[1:-1].lower() not in shown

    @given(documents(), st.data())
    def test_what_is_published_does_not_depend_on_what_is_confidential(
        self, listed: list[Document], data: st.DataObject
    ) -> None:
        others = []
        for document in listed:
            if document.public is None:
                others += data.draw(documents().map(_without_public))
            else:
                other = data.draw(st.none() | DIGESTS.filter(lambda d: d != document.public))  # noqa: B023
                others.append(msgspec.structs.replace(document, confidential=other))

        assert msgspec.json.encode(published(others)) == msgspec.json.encode(published(listed))

    @given(documents())
    def test_every_public_version_is_published(self, listed: list[Document]) -> None:
        public = [document.public for document in listed if document.public is not None]

        assert [document.public for document in published(listed)] == public


def _without_public(listed: list[Document]) -> list[Document]:
    return [
        msgspec.structs.replace(document, public=None)
        for document in listed
        if document.confidential is not None
    ]


class TestRequiredKinds:
    def test_are_missing_in_their_own_order_and_once(self) -> None:
        there = [pdd(public=A)]

        assert missing(["moc", "pdd", "plan", "moc"], there) == ("moc", "plan")

    def test_are_there_with_a_confidential_version_alone(self) -> None:
        assert missing(["pdd"], [pdd(confidential=A)]) == ()

    def test_are_all_missing_where_nothing_is_submitted(self) -> None:
        assert missing(["pdd"], []) == ("pdd",)
        assert missing([], []) == ()


class TestTheDocumentsOfOneSubmission:
    def test_may_differ_in_kind_title_or_version(self) -> None:
        first = pdd(public=A, confidential=B)
        listed = [
            first,
            msgspec.structs.replace(first, version="2.0"),
            msgspec.structs.replace(first, title="PDD of Darkhan"),
            msgspec.structs.replace(first, kind="monitoring_plan"),
        ]

        require_sound(listed)
        require_sound([])

    def test_are_each_listed_once(self) -> None:
        with pytest.raises(DocumentError, match=r"documents\[2\].*listed already \(documents\[1\]"):
            require_sound([pdd(public=A), pdd(confidential=B)])

    def test_have_no_file_that_is_public_here_and_confidential_there(self) -> None:
        listed = [pdd(public=A, confidential=B), pdd(title="Annex", public=B)]

        with pytest.raises(DocumentError, match=r"documents\[2\].*cannot be both"):
            require_sound(listed)
        with pytest.raises(DocumentError, match="cannot be both"):
            require_sound(listed[::-1])

    @pytest.mark.parametrize("name", ["title", "version"])
    def test_do_not_tell_a_confidential_digest_in_a_text(self, name: str) -> None:
        told = pdd(public=A, **{name: f"(in full: {B.upper()})"})

        with pytest.raises(DocumentError, match=r"documents\[1\]: title or version hold"):
            require_sound([told, pdd(title="Annex", public=C, confidential=B)])
        require_sound([told, pdd(title="Annex", public=C)])

    @pytest.mark.parametrize("name", ["title", "version"])
    @pytest.mark.parametrize("text", ["1\u202e0", "a\nb", "e\u0301"])
    def test_have_texts_that_look_like_what_they_are(self, name: str, text: str) -> None:
        with pytest.raises(HiddenTextError, match=rf"documents\[1\]\.{name}"):
            require_sound([pdd(public=A, **{name: text})])
