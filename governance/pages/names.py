"""How people read the names that the record uses: kinds of items, their fields, roles, outcomes.

What is not in a table is shown as it stands: words of the past, numbers, names.
"""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

from governance.pages.language import ENGLISH, Language
from policies.rulebook import country_name


def term(text: str) -> str:
    """Mark a text for the catalogues; it is translated when it is shown."""
    return text


KIND_NAMES = {
    "methodology_approval": term("Approval of a methodology"),
    "methodology_revision": term("Revision of a methodology"),
    "methodology_rejection": term("Rejection of a methodology"),
    "assessment_extension": term("Extension of an assessment"),
    "tpe_designation": term("Designation of a third-party entity"),
    "tpe_provisional_designation": term("Provisional designation of a third-party entity"),
    "tpe_scope_extension": term("Extension of a third-party entity's scopes"),
    "tpe_reaccreditation": term("Re-accreditation of a third-party entity"),
    "tpe_suspension": term("Suspension of a third-party entity"),
    "tpe_reinstatement": term("Reinstatement of a third-party entity"),
    "tpe_withdrawal": term("Withdrawal of a third-party entity"),
    "tpe_rejection": term("Rejection of a third-party entity"),
    "pin_no_objection": term("No objection to an idea note"),
    "pin_procedure_waiver": term("Waiver of idea notes"),
    "project_registration": term("Registration of a project"),
    "registration_rejection": term("Rejection of a registration"),
    "registration_request_withdrawal": term("Withdrawal of a request for registration"),
    "project_withdrawal": term("Withdrawal of a project"),
    "post_registration_change": term("Change after registration"),
    "post_registration_change_rejection": term("Rejection of a change after registration"),
    "crediting_period_renewal": term("Renewal of a crediting period"),
    "reference_emissions_assessment": term("Assessment of reference emissions"),
    "issuance": term("Issuance of credits"),
    "issuance_rejection": term("Rejection of an issuance"),
    "issuance_request_withdrawal": term("Withdrawal of a request for issuance"),
    "rules_adoption": term("Adoption of rules"),
    "rules_revision": term("Revision of rules"),
    "interim_special_measure": term("Interim special measure"),
    "history_adoption": term("Adoption of the record of the past"),
    "correction": term("Correction of an earlier decision"),
}
"""Every kind of item."""

FIELD_NAMES = {
    "account": term("account"),
    "accounts": term("accounts to receive credits"),
    "accreditation": term("accreditation"),
    "allocation": term("allocation"),
    "amount": term("amount"),
    "amounts": term("amounts by side"),
    "application": term("application"),
    "credits": term("credits"),
    "decision": term("decision"),
    "decisions": term("decisions"),
    "digest": term("digest"),
    "documents": term("documents"),
    "entity": term("third-party entity"),
    "from": term("from"),
    "gases": term("greenhouse gases"),
    "holder": term("holder"),
    "item": term("item"),
    "items": term("items"),
    "keeps": term("stays for these cases"),
    "methodologies": term("methodologies"),
    "monitoring_period": term("monitoring period"),
    "name": term("name"),
    "new_methodologies": term("new methodologies"),
    "new_title": term("new title"),
    "number": term("number"),
    "on": term("on"),
    "operation_start": term("start of operation"),
    "opinion": term("opinion"),
    "participants": term("project participants"),
    "previous": term("changes what was set by"),
    "programme": term("programme"),
    "project": term("project"),
    "projects": term("projects"),
    "proposed": term("proposed as"),
    "quantity": term("quantity"),
    "reason": term("reason"),
    "record": term("record"),
    "report": term("report"),
    "request": term("request"),
    "result": term("result"),
    "rulebook": term("rulebook"),
    "scope": term("sectoral scope"),
    "scopes": term("sectoral scopes"),
    "side": term("side"),
    "subject": term("subject"),
    "summary": term("summary"),
    "title": term("title"),
    "to": term("to"),
    "until": term("until"),
    "up_to": term("up to"),
    "used_under_other_mechanism": term("used under another mechanism"),
    "validation": term("validation"),
    "verification": term("verification"),
    "version": term("version"),
    "voluntary": term("voluntary"),
}
"""Every field of an item, and of what items are made of."""

WORDS = {
    "co-chair": term("co-chair"),
    "alternate": term("alternate"),
    "member": term("member"),
    "secretary": term("secretary"),
    "registry": term("registry"),
    "meeting": term("at a meeting"),
    "electronic": term("by electronic means"),
    "unknown": term("not known"),
    "signed": term("signed"),
    "historical": term("historical, unsigned"),
    "window": term("the window passed without objection"),
    "all_affirmed": term("every member affirmed"),
    "confirmed": term("confirmed"),
    "unconfirmed": term("unconfirmed"),
    "decided": term("decided"),
    "approved": term("approved"),
    "approved with revisions": term("approved with revisions"),
    "not approved": term("not approved"),
    "extended": term("extended"),
    "designated": term("designated"),
    "designated provisionally": term("designated provisionally"),
    "designated on a new accreditation": term("designated on a new accreditation"),
    "not designated": term("not designated"),
    "scopes added": term("scopes added"),
    "suspended": term("suspended"),
    "reinstated": term("reinstated"),
    "withdrawn": term("withdrawn"),
    "no objection": term("no objection"),
    "registered": term("registered"),
    "rejected": term("rejected"),
    "request withdrawn": term("request withdrawn"),
    "change approved": term("change approved"),
    "change rejected": term("change rejected"),
    "renewed": term("renewed"),
    "kept": term("kept"),
    "updated": term("updated"),
    "notified": term("notified"),
    "issued": term("issued"),
    "adopted": term("adopted"),
    "corrected": term("corrected"),
    "government": term("government"),
    "private": term("private"),
    "planned": term("planned"),
    "provisional": term("provisional"),
    "registration rejected": term("registration rejected"),
    "registration request withdrawn": term("registration request withdrawn"),
    "accepted": term("accepted"),
    "signature of the side": term("signature of the side"),
    "affirmation, or the end of the window": term("affirmation, or the end of the window"),
    "the end of the window": term("the end of the window"),
    "the day of the meeting": term("the day of the meeting"),
    "positive": term("positive"),
    "negative": term("negative"),
}
"""Roles, procedures, standings, outcomes, and states of projects and entities."""


NOBODY_YET = term("a co-chair, whom the side has yet to appoint")
"""Whose signature a side's consent takes while it has appointed nobody who may sign."""


def kind_name(language: Language, kind: str) -> str:
    """Return what a kind of item is called."""
    return _named(language, KIND_NAMES, kind)


def field_name(language: Language, name: str) -> str:
    """Return what a field of an item is called."""
    return _named(language, FIELD_NAMES, name)


def word(language: Language, value: str) -> str:
    """Return a role, a procedure, a standing or an outcome in words; another value as it is."""
    known = WORDS.get(value)
    return value if known is None else language.gettext(known)


def who(language: Language, said: str) -> str:
    """Return people, each with a role, as a language says them; another text as it is."""
    if said == NOBODY_YET:
        return language.gettext(NOBODY_YET)
    people = [part.rpartition(", ") for part in said.split(" or ")]
    if language.code == ENGLISH or any(role not in WORDS for _name, _comma, role in people):
        return said
    each = [f"{name} ({language.gettext(WORDS[role])})" for name, _comma, role in people]
    return format_list(each, style="or", locale=language.code)


def country(language: Language, code: str) -> str:
    """Return what a partner country is called; its code where nobody knows it."""
    if language.code == ENGLISH:
        return country_name(code)
    name = str(Locale(language.code).territories.get(code, code))
    return name.partition(" (")[0]  # what else a country is called is left


def language_name(language: Language, code: str) -> str:
    """Return what a language is called; its code where nobody knows it."""
    try:
        return Locale.parse(code, sep="-").get_display_name(language.code) or code
    except (ValueError, UnknownLocaleError):
        return code


def _named(language: Language, names: dict[str, str], value: str) -> str:
    known = names.get(value)
    return value.replace("_", " ") if known is None else language.gettext(known)
