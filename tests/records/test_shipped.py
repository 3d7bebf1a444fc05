"""Files that ship with the room are found by their names, and what is not there is said with what is."""

import pytest

from mse.errors import TableError
from mse.records import datasets, editions, published, reporters
from mse.records.register.codebook import codebook


@pytest.mark.parametrize(
    ("load", "wrong", "message"),
    [
        (datasets.load, "netherland_2010_2015", "There is no dataset '.*Did you mean 'netherlands_2010_2015'"),
        (datasets.about, "", "There is no dataset ''"),
        (editions.printed, "2015-2018", "no printed figures of edition '2015-2018'.*Did you mean '2015-2019'"),
        (editions.printed, "", "no printed figures of edition ''"),
        (published.published_estimates, "netherlands_counts", "There are: netherlands_2014_2015"),
        (published.published_counts, "netherlands_2014_2015", "There are: netherlands_counts"),
        (reporters.reporters, "netherlands", "no set of reporters 'netherlands'"),
        (codebook, "regions", "no code lists of edition 'regions'"),
        (codebook, "2015-2018", "Did you mean '2015-2019'"),
    ],
)
def test_a_name_that_is_not_there(load, wrong, message):
    with pytest.raises(TableError, match=message):
        load(wrong)


def test_what_publications_are_about_has_their_source():
    for about in (
        datasets.load("kosovo_1999").reference,
        published.published_estimates("netherlands_2014_2015")[0].reference,
    ):
        assert about.public
        assert about.source
    assert published.published_estimates("netherlands_2014_2015")[0].reference.period == (2014, 2015)


def test_every_printed_figure_of_an_edition_is_there():
    figures = editions.printed(editions.editions()[0])
    assert set(figures) == set(editions.CATEGORY_DIMENSIONS)
    assert all((frame["figure"] == name).all() for name, frame in figures.items())
