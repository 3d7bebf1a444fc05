"""What is known of lists, from a file of one's own: everything that cannot be is refused in the words of the file."""

import pytest

from mse.errors import TableError
from mse.records.reporters import read_reporters

LABEL = '{ en = "A", nl = "A" }'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules = 3", "List 'a': 'rules' is a list of tables. Got: int"),
        ("rules = [3]", "A rule of list 'a' is described by a table. Got: int"),
        ("rules = [{ since = '2018-05-25' }]", "'since' is a day, such as 2018-05-25. Got: str"),
        ("rules = [{ until = 2018-05-25T00:00:00 }]", "'until' is a day, such as 2018-05-25. Got: datetime"),
        ("rules = [{ legal_basis = 'yes' }]", "'legal_basis' is true or false"),
        ("rules = [{ note = 'x' }]", "'note' is a text in en and nl"),
        ('label = { en = "A" }', "'label' is a text in en and nl"),
        ("role = 1", "'role' is a text"),
        ("derived_from = 'police'", "'derived_from' is a list of lists"),
        ("derived_from = [1]", "'derived_from' is a list of lists"),
        ("exposure = { y2018 = 30 }", "'exposure' is a table of years and their capacity"),
        ("exposure = { 2018 = 'thirty' }", "'exposure' is a table of years and their capacity"),
        ("exposure = { 2018 = true }", "'exposure' is a table of years and their capacity"),
        ("lable = 1", "has no field 'lable'.*Did you mean 'label'"),
        ("rules = [{ law = true }]", "A rule of list 'a' has no field 'law'"),
    ],
)
def test_a_field_that_holds_something_else(tmp_path, text, message):
    path = tmp_path / "lists.toml"
    path.write_text(f"[a]\n{text}\n", encoding="utf-8")
    with pytest.raises(TableError, match=message):
        read_reporters(path)


def test_a_file_as_editors_write_it(tmp_path):
    path = tmp_path / "lists.toml"
    path.write_text(f"[a]\nlabel = {LABEL}\n", encoding="utf-8-sig")
    assert read_reporters(path)["a"].label == {"en": "A", "nl": "A"}


@pytest.mark.parametrize(
    ("content", "message"), [(None, "There is no file of lists"), (b"[a", "is no TOML"), (b"# \xe9", "is no TOML")]
)
def test_a_file_that_is_not_there_or_no_toml(tmp_path, content, message):
    path = tmp_path / "lists.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_reporters(path)
