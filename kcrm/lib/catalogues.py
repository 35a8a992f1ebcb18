"""Message catalogues without gettext's programs: Django's templatize and Babel extract, polib keeps and compiles.

Each app owns one catalogue per language; a catalogue holds the strings of the app's Python files and of
`templates/<app>/`. What no app claims under `templates/` belongs to `kcrm`.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import polib
from babel.messages.extract import extract as babel_extract
from django.utils.translation import templatize

LOCALES = ("zh_Hans",)
PLURAL_FORMS = {"zh_Hans": "nplurals=1; plural=0;"}
ROOF = "kcrm"  # owns the templates that no app claims
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\-+]*[\d.]*[a-zA-Z]|%[#0\-+]*[\d.]*[sdifrxeg]|\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")


class Key(NamedTuple):
    """What makes a message one message."""

    context: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A string to translate, where it stands and what its author told the translator."""

    key: Key
    plural: str | None
    places: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One app's strings in one language."""

    app: str
    locale: str
    root: Path

    @property
    def path(self) -> Path:
        """Where the catalogue lies, whether or not it exists yet."""
        return self.root / self.app / "locale" / self.locale / "LC_MESSAGES" / "django.po"

    def read(self) -> polib.POFile:
        """The catalogue as it stands; an empty one with the right header when there is none."""
        if self.path.exists():
            return polib.pofile(str(self.path), wrapwidth=0)
        fresh = polib.POFile(wrapwidth=0)
        fresh.metadata = {
            "Project-Id-Version": "KCRM",
            "Language": self.locale,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": PLURAL_FORMS[self.locale],
        }
        return fresh


def catalogues(apps: Iterable[str], root: Path) -> list[Catalogue]:
    """Every catalogue of these apps, in a fixed order."""
    return [Catalogue(app, locale, root) for app in sorted(apps) for locale in LOCALES]


def extract(app: str, apps: Iterable[str], root: Path) -> list[Message]:
    """The strings of one app in the order of its files, each once, with every file that uses it."""
    found: dict[Key, Message] = {}
    for path in _sources(app, set(apps), root):
        place = path.relative_to(root).as_posix()
        for key, plural, notes in _messages(path):
            known = found.get(key)
            if known is None:
                found[key] = Message(key, plural, (place,), notes)
                continue
            places = known.places if place in known.places else (*known.places, place)
            found[key] = Message(key, known.plural or plural, places, tuple(dict.fromkeys((*known.notes, *notes))))
    return list(found.values())


def update(catalogue: Catalogue, messages: Iterable[Message]) -> bool:
    """Bring a catalogue in line with the sources: new strings empty, gone ones out. True when the file changed."""
    old = catalogue.read()
    translated = {_key(entry): entry for entry in old if not entry.obsolete}
    new = polib.POFile(wrapwidth=0)
    new.metadata = dict(old.metadata)
    for message in messages:
        new.append(_entry(message, translated.get(message.key), catalogue.locale))
    text = str(new) + "\n" if len(new) else ""
    before = catalogue.path.read_text("utf-8") if catalogue.path.exists() else ""
    if text == before:
        return False
    if text:
        catalogue.path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.path.write_text(text, "utf-8")
    else:
        catalogue.path.unlink()
    return True


def problems(catalogue: Catalogue, messages: Iterable[Message]) -> list[str]:
    """What keeps a catalogue from being complete, one sentence each; empty when it is."""
    entries = {_key(entry): entry for entry in catalogue.read() if not entry.obsolete}
    wanted = {message.key: message for message in messages}
    name = catalogue.path.relative_to(catalogue.root).as_posix()
    faults = [f"{name}: obsolete entry {entry.msgid!r}" for entry in catalogue.read().obsolete_entries()]
    faults += [f"{name}: {key.text!r} is no longer in the sources" for key in entries if key not in wanted]
    for key, message in wanted.items():
        entry = entries.get(key)
        if entry is None:
            faults.append(f"{name}: {key.text!r} is missing ({message.places[0]})")
        else:
            faults += [f"{name}: {key.text!r} {fault}" for fault in _entry_faults(entry)]
    return faults


def contradictions(read: Iterable[Catalogue]) -> list[str]:
    """Strings that two catalogues of one language translate differently: Django would show one everywhere."""
    seen: dict[tuple[str, Key], tuple[str, Catalogue]] = {}
    faults = []
    for catalogue in read:
        for entry in catalogue.read():
            text = entry.msgstr or "|".join(entry.msgstr_plural.values())
            if not text or entry.obsolete:
                continue
            said, first = seen.setdefault((catalogue.locale, _key(entry)), (text, catalogue))
            if said != text:
                faults.append(
                    f"{entry.msgid!r} is {said!r} in {first.app} and {text!r} in {catalogue.app}: "
                    "agree on one, or tell them apart with a context (pgettext)"
                )
    return faults


def compile_stale(source: Path, target: Path) -> bool:
    """Write the binary catalogue when it is missing or older than its source. True when it was written."""
    if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    polib.pofile(str(source)).save_as_mofile(str(partial))
    partial.replace(target)  # a reader sees the old file or the new one, never half of it
    return True


def compile_together(sources: Iterable[Path], target: Path) -> None:
    """Write one binary catalogue out of several, for a checkout that nothing may be written into."""
    whole = polib.POFile()
    for source in sources:
        book = polib.pofile(str(source))
        whole.metadata = whole.metadata or book.metadata
        known = {_key(entry) for entry in whole}
        whole.extend(entry for entry in book if _key(entry) not in known and not entry.obsolete)
    target.parent.mkdir(parents=True, exist_ok=True)
    whole.save_as_mofile(str(target))


def _sources(app: str, apps: set[str], root: Path) -> Iterator[Path]:
    """The app's Python files (without migrations), then its templates."""
    yield from (path for path in sorted((root / app).rglob("*.py")) if "migrations" not in path.parts)
    templates = root / "templates"
    for path in sorted(templates.rglob("*")):
        owner = path.relative_to(templates).parts[0]
        if path.suffix in {".html", ".txt", ".md"} and (owner if owner in apps else ROOF) == app:
            yield path


def _messages(path: Path) -> Iterator[tuple[Key, str | None, tuple[str, ...]]]:
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        # Within brackets Python's tokenizer does not care how a template is indented.
        source = f"({templatize(source, origin=str(path))})"
    rows = babel_extract("python", BytesIO(source.encode()), KEYWORDS, ("Translators:",), {"encoding": "utf-8"})
    for _line, text, notes, context in rows:
        forms = text if isinstance(text, tuple) else (text,)
        if forms[0]:
            yield Key(context, forms[0]), forms[1] if len(forms) > 1 else None, tuple(notes)


def _key(entry: polib.POEntry) -> Key:
    return Key(entry.msgctxt, entry.msgid)


def _entry(message: Message, known: polib.POEntry | None, locale: str) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=message.key.context,
        msgid=message.key.text,
        msgid_plural=message.plural or "",
        occurrences=[(place, "") for place in message.places],
        comment="\n".join(message.notes),
    )
    forms = int(re.search(r"nplurals=(\d+)", PLURAL_FORMS[locale])[1])  # type: ignore[index]
    if message.plural:
        old = known.msgstr_plural if known else {}
        entry.msgstr_plural = {form: old.get(form, "") for form in range(forms)}
    elif known:
        entry.msgstr = known.msgstr
    return entry


def _entry_faults(entry: polib.POEntry) -> Iterator[str]:
    translations = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        yield "is marked fuzzy"
    if not translations or not all(text.strip() for text in translations):
        yield "has no translation"
        return
    wanted = _placeholders(entry.msgid_plural or entry.msgid)
    for text in translations:
        if _placeholders(text) != wanted:
            yield f"has other placeholders in its translation {text!r}"
        if text.startswith("\n") != entry.msgid.startswith("\n") or text.endswith("\n") != entry.msgid.endswith("\n"):
            yield "begins or ends with a line break in one language only"


def _placeholders(text: str) -> tuple[frozenset[str], Counter[str]]:
    """Named placeholders as a set (a translation may repeat one), positional ones counted."""
    found = list(PLACEHOLDER.finditer(text.replace("%%", "")))
    named = frozenset(match[1] or match[2] for match in found if match[1] or match[2])
    return named, Counter(match[0] for match in found if not (match[1] or match[2]))
