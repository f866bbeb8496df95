"""Which documents each submission must hold, by kind."""

from __future__ import annotations

from policies.document_kinds import require_known_kinds
from policies.figures import Figure, Part, figures
from policies.refusals import RulebookError


class DocumentRules(Part, frozen=True, kw_only=True):
    """The kinds of documents (`policies.document_kinds`) that a submission is incomplete without.

    One figure for each submission; unset where no source lists its documents. `project_validation`
    is what starts a project's validation, `entity_application` any application of a third-party
    entity.
    """

    methodology_proposal: Figure[tuple[str, ...]] | None = None
    methodology_revision: Figure[tuple[str, ...]] | None = None
    idea_note: Figure[tuple[str, ...]] | None = None
    project_validation: Figure[tuple[str, ...]] | None = None
    registration_request: Figure[tuple[str, ...]] | None = None
    monitoring_report: Figure[tuple[str, ...]] | None = None
    issuance_request: Figure[tuple[str, ...]] | None = None
    entity_application: Figure[tuple[str, ...]] | None = None
    post_registration_change: Figure[tuple[str, ...]] | None = None
    crediting_period_renewal: Figure[tuple[str, ...]] | None = None
    reference_emissions_assessment: Figure[tuple[str, ...]] | None = None
    project_withdrawal: Figure[tuple[str, ...]] | None = None
    registration_request_withdrawal: Figure[tuple[str, ...]] | None = None
    issuance_request_withdrawal: Figure[tuple[str, ...]] | None = None


def require_sound_documents(rules: DocumentRules, what: str) -> None:
    """Refuse unknown kinds, a kind named twice, and an empty list; raise `RulebookError`."""
    for name, figure in figures(rules):
        place = f"{what}: documents.{name}"
        require_known_kinds(figure.value, place)
        if not figure.value or len(set(figure.value)) != len(figure.value):
            message = f"{place} must name at least one kind, and each once; else leave it unset"
            raise RulebookError(message)
