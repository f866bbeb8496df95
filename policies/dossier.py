"""What a case brings to the table beside the item itself, which only says what is decided.

Items are signed and their fields are fixed; documents, public inputs, gases and accounts stay in
the case. The checks of a case's readiness read them here, while the text is frozen.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from policies.documents import Document

_Side = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{2}\Z")]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The registry account into which a holder of a side asks to receive credits."""

    side: _Side
    holder: _Text
    account: _Text


class Dossier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case as it stands before an item of a text is fixed. Null is what the case does not say.

    `required` are kinds of documents, by the rulebook that the case is judged by. `complete_on`
    is the day on which the submission was found complete, `inputs_closed_on` the day on which
    public inputs closed. `open_requests` counts corrective actions and clarifications that are
    not resolved. `entity` validated or verified; `supersedes` is the number of an earlier request;
    `assessed_until_at_most` is the last day to which its assessment may be extended.
    """

    case: str
    kind: str
    documents: tuple[Document, ...] = ()
    required: tuple[str, ...] = ()
    complete_on: date | None = None
    inputs_required: bool = False
    inputs_closed_on: date | None = None
    gases: tuple[str, ...] | None = None
    accounts: tuple[Account, ...] | None = None
    opinion: Literal["positive", "negative"] | None = None
    entity: str | None = None
    open_requests: int = 0
    supersedes: str | None = None
    assessed_until_at_most: date | None = None


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A project of another committee, as that committee's record has it."""

    committee: str
    number: str
    title: str
    status: str
