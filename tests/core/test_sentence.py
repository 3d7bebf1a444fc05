"""Texts within texts: in the language of the whole, with counts of persons as the policy of the whole writes them."""

import pytest

from mse.core.finding import Finding
from mse.core.sentence import Sentence
from mse.messages import number, sentence

FEW = Sentence("describe_title", {"n": 3, "lists": 2})
WHERE = {"en": "the north", "nl": "het noorden"}


def coarse(n, language):
    return "few" if language == "en" else "weinig"


@pytest.mark.parametrize(("language", "word"), [("en", "few"), ("nl", "weinig")])
def test_a_sentence_within_a_text_keeps_the_policy(language, word):
    values = {"column": FEW, "n": 4}
    for text in (
        Finding("register_differing", "note", "x", values).sentence(language, guard=coarse),
        Sentence("register_differing", values).write(language, guard=coarse),
        sentence("register_differing", language, guard=coarse, **values),
        Finding("register_absent", "note", "x", {"names": (FEW, WHERE, "x")}).sentence(language, guard=coarse),
    ):
        assert word in text
        assert "3" not in text
        assert "4" not in text
    assert "3" in Finding("register_differing", "note", "x", values).sentence(language)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_text_in_every_language_is_written_in_one(language):
    text = Finding("register_absent", "note", "x", {"names": (WHERE, "x")}).sentence(language)
    assert WHERE[language] in text
    (other,) = {"en", "nl"} - {language}
    assert WHERE[other] not in text


def test_a_policy_writes_persons_and_no_other_number():
    assert number(3, "en", "persons", guard=coarse) == "few"
    assert number(3, "en", "count", guard=coarse) == "3"
    assert number(None, "en", "persons", guard=coarse) == number(None, "en")
