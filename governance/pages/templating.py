"""Templates: how a page is written, and the few filters with which values are shown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from governance.pages import case_terms
from governance.pages.desk import docket_terms
from governance.pages.language import LANGUAGES, Language
from governance.pages.names import country, field_name, kind_name, language_name, who, word
from policies.calendar import timestamp
from policies.texts import as_read

STATIC = "/static"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(template: str, language: Language, path: str, **values: Any) -> bytes:
    """Write a page; `path` is its address without the language's prefix, with its query.

    Raises what Jinja raises for a value that a template names and nobody gave.
    """
    made = environment(language).get_template(template)
    return made.render(path=path, **values).encode("utf-8")


@cache
def environment(language: Language) -> Environment:
    """Return the templates in a language."""
    made = Environment(
        loader=PackageLoader("governance.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.ngettext, newstyle=True
    )
    made.filters |= {
        "day": _day,
        "instant": _instant,
        "number": _number,
        "words": _words,
        "xml": _xml,
        "as_read": as_read,
    }
    made.filters |= {
        "kind": partial(kind_name, language),
        "field": partial(field_name, language),
        "word": partial(word, language),
        "who": partial(who, language),
        "country": partial(country, language),
        "by_country": partial(_by_country, language),
        "language": partial(language_name, language),
    }
    made.filters |= {
        "case_kind": partial(case_terms.case_kind, language),
        "case_stage": partial(case_terms.stage, language),
        "case_step": partial(case_terms.step, language),
    }
    made.filters |= {
        name: partial(getattr(docket_terms, name), language) for name in docket_terms.FILTERS
    }
    made.filters |= {"project_numbers": project_numbers, "sum_of": _sum_of}
    made.globals |= {"language": language, "languages": LANGUAGES, "link": _link, "static": static}
    made.globals["_"] = _translating(language)
    return made


def names() -> list[str]:
    """Return the names of all templates."""
    return environment(LANGUAGES[0]).list_templates()


def make_ready(language: Language, template: str) -> None:
    """Compile a template before it is asked for; it is kept."""
    environment(language).get_template(template)


@cache
def static(name: str) -> str:
    """Return the address of a file of ours; it changes with the file, so it is kept for ever."""
    return f"{STATIC}/{digest_of(name)}/{name}"


@cache
def digest_of(name: str) -> str:
    """Return what stands for a static file's content in its address."""
    return hashlib.sha256(read_static(name)).hexdigest()[:12]


@cache
def read_static(name: str) -> bytes:
    """Return a static file."""
    return (files("governance.pages") / "static" / name).read_bytes()


@cache
def made_from() -> str:
    """Return what stands for everything that pages are made from beside the record.

    A page names its styles by their content: one that is kept must not outlive them.
    """
    found = hashlib.sha256()
    for folder in ("templates", "texts", "static"):
        for name, data in sorted(_below(files("governance.pages") / folder)):
            found.update(f"{folder}/{name}\n".encode() + data)
    return found.hexdigest()


def _below(folder: Traversable, before: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{before}{entry.name}/")
        else:
            yield f"{before}{entry.name}", entry.read_bytes()


@pass_context
def _link(context: Context, path: str, **query: Any) -> str:
    """Return the address of a page in the page's language; null members of the query are left."""
    language: Language = context.environment.globals["language"]  # type: ignore[assignment]
    asked = "&".join(
        f"{name}={quote(str(value), safe='')}"
        for name, value in query.items()
        if value not in (None, "")
    )
    return f"{language.prefix}{quote(path)}{'?' if asked else ''}{asked}"


def _translating(language: Language) -> Callable[..., Markup]:
    """Return what the extension's `_` is, in one call where it takes four, and a text once.

    A page has a hundred texts, most of them without variables.
    """

    @cache
    def plain(text: str) -> Markup:
        return Markup(language.gettext(text)) % {}  # noqa: S704 - ours, and not what anybody sent

    def translate(text: str, **variables: Any) -> Markup:
        return Markup(language.gettext(text)) % variables if variables else plain(text)  # noqa: S704

    return translate


@lru_cache(maxsize=10_000)
def _day(value: str | date | None) -> str | Markup:
    """Show a day; one that is not known as a dash."""
    if value is None:
        return "–"
    text = value if isinstance(value, str) else value.isoformat()
    return Markup('<time datetime="{0}">{0}</time>').format(text)


@lru_cache(maxsize=10_000)
def _instant(value: str | datetime) -> Markup:
    """Show an instant to the minute, UTC."""
    text = value if isinstance(value, str) else timestamp(value)
    return Markup('<time datetime="{}">{} UTC</time>').format(text, text[:16].replace("T", " "))


def _number(value: int | None) -> str:
    """Show a whole number in groups of three; one that is not known as a dash."""
    return "–" if value is None else f"{value:,}".replace(",", "\u202f")


def _xml(value: str) -> str:
    """Show a text in XML, which holds fewer characters than a text may (XML 1.0, 2.2)."""
    return _NOT_XML.sub("\ufffd", value)


def _words(value: str) -> str:
    """Show a name of ours as words."""
    return value.replace("_", " ")


def _by_country(language: Language, of_committees: Iterable[Any]) -> list[Any]:
    """Order what is said of committees by what their countries are called."""
    return sorted(of_committees, key=lambda said: country(language, said.committee.partner))


def _sum_of(values: Mapping[str, int]) -> int:
    """Return the sum of a chart's row."""
    return sum(values.values())


def project_numbers(value: str) -> list[dict[str, Any]]:
    """Split a subject into the numbers of projects, which have pages, and what is between them."""
    parts = re.split(r"(?<![\w-])([A-Z]{2}(?:_PIN)?[0-9]{3,9})(?!\w)", value, flags=re.ASCII)
    return [{"text": text, "is_number": n % 2 == 1} for n, text in enumerate(parts) if text]


Values = Mapping[str, Any]
