"""How words are stored, compared, sorted and looked for."""

from __future__ import annotations

import pytest

from kcrm.lib import words
from kcrm.lib.errors import DomainError


def test_a_line_is_composed_and_has_one_space_between_words() -> None:
    assert words.clean_line("  Cafe\u0301   du\tMonde\n") == "Café du Monde"


def test_direction_marks_and_zero_width_signs_are_taken_out() -> None:
    assert words.clean_line("Acme\u202egro\u200b.com\ufeff") == "Acmegro.com"


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "a\x85b", "a\ud800b"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(DomainError):
        words.clean_line(text)


def test_text_keeps_its_lines() -> None:
    assert words.clean_text("one\r\ntwo\rthree ") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Königlich Essen", "koniglich essen"),
        ("Blauer See Delikatessen", "blauer see delikatessen"),
        ("Straße", "strasse"),
        ("Ana Trujillo Emparedados y helados", "ana trujillo emparedados y helados"),
        ("Vins et alcools Chevalier", "vins et alcools chevalier"),
        ("Smørrebrød", "smorrebrod"),
        ("ＡＢＣ　Ｃｏ．", "abc co"),
        ("华为Mate 60", "华为 mate 60"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert words.fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME, Inc.", "Acme"),
        ("Müller GmbH & Co. KG", "Muller"),
        ("Société Générale S.A.", "Societe Generale"),
        ("华为技术有限公司", "华为技术"),
        ("阿里巴巴股份有限公司", "阿里巴巴"),
    ],
)
def test_names_that_differ_in_their_legal_form_have_one_key(one: str, other: str) -> None:
    assert words.name_key(one) == words.name_key(other)


def test_a_name_of_legal_words_alone_keeps_them() -> None:
    assert words.name_key("Company Co") == "company co"


def test_both_scripts_sort_in_one_order() -> None:
    names = ["华为", "Zulu", "阿里巴巴", "École", "Acme"]

    assert sorted(names, key=words.sort_key) == ["Acme", "阿里巴巴", "École", "华为", "Zulu"]


def test_chinese_is_found_by_characters_pairs_pinyin_and_initials() -> None:
    assert words.pieces(["华为技术"]) == [
        "华", "为", "技", "术", "华为", "为技", "技术", "hua", "wei", "ji", "shu", "huaweijishu", "hwjs",
    ]  # fmt: skip


def test_a_query_asks_for_pairs_of_characters_and_for_latin_words() -> None:
    assert words.asked_pieces("华为技 Ernst") == (["华为", "为技"], ["ernst"])
    assert words.asked_pieces("华") == (["华"], [])


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.Acme.com/about?x=1", "acme.com"),
        ("acme.cn:8080", "acme.cn"),
        ("http://user@shop.acme.de", "shop.acme.de"),
        ("localhost", ""),
        ("", ""),
    ],
)
def test_the_domain_of_a_website(website: str, domain: str) -> None:
    assert words.domain_of(website) == domain


def test_telephone_numbers_compare_by_their_digits() -> None:
    assert words.digits_of("+49 (30) 12-34") == words.digits_of("0049/30/1234") == "49301234"


@pytest.mark.parametrize("text", ["ACME, Inc. (old)_x", "a-b\tc", "  ", "S.A. 42nd"])
def test_plain_letters_are_folded_as_all_others(text: str) -> None:
    assert words.fold(text) == words.fold(text + "\u200b")
