"""The form of a page as a browser would send it: fields, texts, choices, and what is ticked."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Reads the fields of the one form with an action."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.here = False
        self.fields: dict[str, str] = {}
        self._text: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.here = told["action"] == self.action
        if not self.here:
            return
        if tag == "textarea":
            self._text = told["name"]
            self.fields[self._text] = ""
        elif tag == "select":
            self._select = told["name"]
            self.fields[self._select] = ""
        elif tag == "option" and self._select is not None and "selected" in told:
            self.fields[self._select] = told["value"]
        elif tag == "input" and told.get("type") != "file":
            ticked = told.get("type") not in {"checkbox", "radio"} or "checked" in told
            if ticked:
                self.fields[told["name"]] = told.get("value", "on")

    def handle_data(self, data: str) -> None:
        if self._text is not None and self.here:
            self.fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            name, self._text = self._text, None
            self.fields[name] = self.fields[name].removeprefix("\n")
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self.here = False


def filled(page: str, action: str) -> dict[str, str]:
    """Return what a browser would send of the form with an action, no button pressed."""
    reader = _Reader(action)
    reader.feed(page)
    assert reader.fields, f"no form {action}"
    return reader.fields
