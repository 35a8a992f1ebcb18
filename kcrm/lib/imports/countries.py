"""Countries as people write them: codes of two or three letters, names in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from babel import Locale

from kcrm.lib import words

NO_COUNTRY: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
LANGUAGES: Final = ("en", "zh", "de", "fr", "es", "it", "pt", "ja", "zh_Hant")
# Names and codes that no table of languages has
ALSO: Final[Mapping[str, str]] = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "usa": "US", "u s a": "US", "america": "US",
    "united states of america": "US", "prc": "CN", "p r china": "CN", "mainland china": "CN", "中国大陆": "CN",
    "中华人民共和国": "CN", "holland": "NL", "south korea": "KR", "korea": "KR", "russia": "RU", "czech republic": "CZ",
    "turkey": "TR", "hong kong": "HK", "macau": "MO", "macao": "MO", "uae": "AE", "vietnam": "VN", "ivory coast": "CI",
    "deu": "DE", "fra": "FR", "gbr": "GB", "chn": "CN", "jpn": "JP", "ita": "IT", "esp": "ES", "che": "CH", "aut": "AT",
    "nld": "NL", "bel": "BE", "can": "CA", "mex": "MX", "bra": "BR", "ind": "IN", "aus": "AU", "swe": "SE", "dnk": "DK",
    "nor": "NO", "fin": "FI", "pol": "PL", "prt": "PT", "irl": "IE", "kor": "KR", "sgp": "SG", "arg": "AR", "ven": "VE",
}  # fmt: skip


@cache
def _known() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code != "ZZ":
                found.setdefault(words.fold(str(name)), code)
                found.setdefault(code.lower(), code)
    return {**found, **ALSO}


def country_code(text: str) -> str:
    """The ISO code of two letters for a country's code or name; empty for what is none."""
    return _known().get(words.fold(text), "")


def country_names(language: str) -> Mapping[str, str]:
    """{code: name} of all countries, in the order of their names in this language."""
    territories = Locale.parse(language.replace("-", "_")).territories
    named = {code: str(name) for code, name in territories.items() if len(code) == 2 and code.isalpha()}
    return {code: name for code, name in sorted(named.items(), key=lambda pair: pair[1]) if code not in NO_COUNTRY}
