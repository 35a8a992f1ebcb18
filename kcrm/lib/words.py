"""Words as they are stored, compared, sorted and looked for, in Latin script and in Chinese. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext_lazy as _

from kcrm.lib.errors import DomainError

WORD_LENGTH: Final = 100
FOLDED_OFTEN: Final = 100
CONTROL_CHARACTERS: Final = _("This text contains characters that cannot be written: remove them and try again.")
# Direction marks, overrides and isolates, zero-width marks, soft hyphens: they make a name look like another one
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
_CONTROL: Final = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]")
_IDEOGRAPH: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_IDEOGRAPHS: Final = re.compile(f"[{_IDEOGRAPH}]+")
_PARTS: Final = re.compile(f"[{_IDEOGRAPH}]+|[^\\W_{_IDEOGRAPH}]+")
# Letters that Unicode does not take apart into a base and a mark
_LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"}
)
_FORMS: Final = """
    inc incorporated corp corporation co company llc llp lp ltd limited plc gmbh mbh ag kg kgaa ohg ev se sa sas sarl
    sl slu srl spa snc bv nv oy oyj ab as asa aps kk gk pty pte sdn bhd sro zrt kft doo ooo oao zao sp zoo
"""
LEGAL_FORMS: Final = frozenset(_FORMS.split())
_CHINESE_FORMS: Final = re.compile("(?:股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|公司)$")
_TITLE_DOTS: Final = re.compile(r"(?<=\b\w)\.(?=\w\b)|(?<=\b\w)\.(?=\s|$)")


def clean_line(text: str) -> str:
    """One line as it is stored: composed (NFC), one space between words, nothing invisible.

    Raises DomainError for control characters.
    """
    return " ".join(text.split() if _is_plain(text) else clean_text(text).split())


def clean_text(text: str) -> str:
    """Text of several lines as it is stored: composed (NFC), line ends as \\n, nothing invisible.

    Raises DomainError for control characters other than tab and line end.
    """
    if _is_plain(text):
        return text.strip()
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(unix):
        raise DomainError(CONTROL_CHARACTERS, code="control_characters")
    if unix.isascii():
        return unix.strip()
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", unix)).strip()


def _is_plain(text: str) -> bool:
    """Whether the text has nothing but the letters, figures and signs of ASCII and blanks between them."""
    return text.isascii() and text.isprintable()


def fold(text: str) -> str:
    """Text for comparing: lower case, without accents, punctuation as spaces; Chinese stays as it is."""
    return _fold_short(text) if len(text) <= FOLDED_OFTEN else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return " ".join(_PARTS.findall(text.lower()))
    wide = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    apart = unicodedata.normalize("NFD", wide.translate(_LETTERS))
    base = "".join(character for character in apart if not unicodedata.combining(character))
    return " ".join(_PARTS.findall(unicodedata.normalize("NFC", base)))


_fold_short: Final = lru_cache(maxsize=4096)(_fold)  # the same words come many times in one file or one search


def name_key(name: str) -> str:
    """A company's or person's name for finding doubles: folded, and without the words of its legal form."""
    parts = fold(_TITLE_DOTS.sub("", name)).split()
    kept = [part for part in parts if part not in LEGAL_FORMS] or parts
    joined = " ".join(kept)
    if not joined.isascii():
        joined = " ".join(_CHINESE_FORMS.sub("", part) or part for part in kept)
    return joined[:250]


def sort_key(name: str) -> str:
    """A name for sorting: folded, Chinese characters by their pinyin, so that both scripts stand in one order."""
    parts = ["".join(_syllables(part)) if _IDEOGRAPHS.match(part) else part for part in fold(name).split()]
    return " ".join(parts)[:200]


@lru_cache(maxsize=4096)
def _syllables(ideographs: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # its dictionaries cost memory, so only where there is Chinese

    return tuple(fold(syllable).replace(" ", "") for syllable in lazy_pinyin(ideographs))


def pinyin_of(text: str) -> str:
    """Each run of Chinese characters as its pinyin and its initials: "huawei hw"; empty without Chinese."""
    if text.isascii():
        return ""
    found = []
    for run in _IDEOGRAPHS.findall(unicodedata.normalize("NFKC", text)):
        syllables = _syllables(run)
        found += ["".join(syllables), "".join(syllable[:1] for syllable in syllables)]
    return " ".join(filter(None, found))


def pieces(texts: Iterable[str]) -> list[str]:
    """What texts can be found by: Latin words, single and paired Chinese characters, pinyin, initials; each once."""
    found: dict[str, None] = {}
    for text in map(fold, texts):
        if text.isascii():
            found.update(dict.fromkeys(part[:WORD_LENGTH] for part in text.split()))
            continue
        for part in text.split():
            if _IDEOGRAPHS.match(part):
                found.update(dict.fromkeys([*part, *_pairs(part)]))
                syllables = _syllables(part)
                found.update(dict.fromkeys([*syllables, "".join(syllables), "".join(s[:1] for s in syllables)]))
            else:
                found[part[:WORD_LENGTH]] = None
    return [piece[:WORD_LENGTH] for piece in found if piece]


def asked_pieces(query: str) -> tuple[list[str], list[str]]:
    """What a query asks for: (Chinese characters or pairs that must all be there, Latin words)."""
    chinese: dict[str, None] = {}
    latin: dict[str, None] = {}
    for part in fold(query).split():
        if _IDEOGRAPHS.match(part):
            chinese.update(dict.fromkeys(_pairs(part) or [part]))
        else:
            latin[part[:WORD_LENGTH]] = None
    return list(chinese), list(latin)


def _pairs(run: str) -> list[str]:
    return [run[index : index + 2] for index in range(len(run) - 1)]


def domain_of(website: str) -> str:
    """The host of a web address without `www.`, in lower case; empty when there is none."""
    match = re.match(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?([^/:?#\s]+)", website.strip().lower())
    host = match[1] if match else ""
    return host.removeprefix("www.")[:120] if "." in host else ""


def digits_of(phone: str) -> str:
    """The digits of a telephone number without the signs between them and leading zeros."""
    return re.sub(r"\D", "", phone).lstrip("0")
