"""Whatever stands in the files of a register: a register, or one clear error that says nothing of any record."""

import io

import pandas as pd
import pyreadstat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mse.errors import MseError
from mse.records.register.read_registry import read_registry
from mse.records.register.registry import Registry

KEY, TEXT = "QX7KEY", "QX7vrijetekst"
"""Planted in keys and cells; no message ever holds them."""

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

VICTIM = ("victim", "year", "types", "sectors_labour", "sex", "age", "birth_year", "nationalities", "case", "status",
          "synthetic", "opmerking")  # fmt: skip
REPORT = ("victim", "date", "reporter", "role", "organisation", "police_unit", "sectors_labour", "sex", "age")

GOOD = ("SU", "SU|AU", "|", "||", "cleaning", "male", "17", "17,0", "2015", "2018-03-01", "31-12-2015", "NL", "NL|MA",
        "police", "emm", "om", "kmar", "enrichment", "amsterdam", "presumed", "unfounded", "1", "true")  # fmt: skip
BAD = (TEXT, KEY, "9" * 400, "-1", "1e400", "nan", "inf", "31-02-2018", "0000-00-00", "2018-13-01", "XX|SU", "\x00",
       "é€ß", "'; drop", '"', "\n", "²", "٣", "١٧", "1.150", "=1+1", "\N{GRINNING FACE}")  # fmt: skip
keys = st.sampled_from([KEY, KEY + "1", KEY + "2", "007", "7", "7.0", "", " "])
cells = st.one_of(st.sampled_from(GOOD), st.sampled_from(BAD), st.just(""), st.text(max_size=4).map(lambda t: TEXT + t))
typed = st.one_of(
    cells,
    st.none(),
    st.integers(-3, 2100),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.sampled_from([pd.Timestamp("2018-03-01"), pd.NaT, b"\xff" + KEY.encode(), ["SU", TEXT], {"a": TEXT}, 10**30]),
)


def frames(columns, values, key=keys):
    """A frame with some of the columns, mostly with those that must be there."""
    needed = [name for name in columns if name in ("victim", "date", "reporter")]

    def frame(draw_columns, rows):
        names = list(dict.fromkeys([*needed, *draw_columns]))
        return pd.DataFrame([row[: len(names)] for row in rows], columns=pd.Index(names, dtype=object), dtype=object)

    row = st.tuples(key, *[values] * (len(columns) + 2)).map(list)
    return st.builds(frame, st.lists(st.sampled_from(columns), max_size=6), st.lists(row, max_size=6))


def good_reports(key=keys):
    """Reports without a fault of their own, so that faults of the victims and of keys come to light."""
    row = st.tuples(
        key.filter(str.strip), st.sampled_from(["2015", "3-4-2016", "2030"]), st.sampled_from(["police", "emm"])
    )
    return st.lists(row, min_size=1, max_size=6).map(
        lambda rows: pd.DataFrame(rows, columns=["victim", "date", "reporter"])
    )


def faults(make):
    """What is wrong with what comes of it: only errors of `mse` may, and they say nothing of a record."""
    try:
        registry = make()
    except MseError as error:
        said = str(error)
        right = {"a short message": len(said) < 5_000}
        right |= {f"a message without {secret}": secret not in said for secret in (KEY, TEXT, "drop", "9999")}
    else:
        told = registry.reconciliation
        shown = repr(registry) + told.text() + told.text("nl")
        right = {
            "reports add up": told.reports == told.outside_period + told.in_period,
            "persons add up": told.persons == told.without_report + told.only_outside_period + told.persons_in,
            "a count": registry.cube("year", "form", line="all_registered").total <= told.person_years,
        }
        right |= {f"a text without {secret}": secret not in shown for secret in (KEY, TEXT)}
    return [what for what, holds in right.items() if not holds]


@FEW
@given(
    victims=st.none() | frames(VICTIM, typed, typed | keys),
    reports=frames(REPORT, typed, typed | keys) | good_reports(),
)
def test_frames_of_anything(victims, reports):
    assert faults(lambda: Registry.from_frames(victims, reports, period=(2015, 2019))) == []


@FEW
@given(
    victims=frames(VICTIM, cells),
    reports=frames(REPORT, cells) | good_reports(),
    separator=st.sampled_from(";,\t"),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "cp1252"]),
    said=st.sampled_from([None, "utf-8", "cp1252", "ascii", "utf-99"]),
    ragged=st.sampled_from(["", "\n", f"{KEY};{TEXT};;;;;;;;;;;;;;\n", f'"{TEXT}']),
)
def test_text_files_of_anything(tmp_path, victims, reports, separator, encoding, said, ragged):
    paths = tmp_path / "v.csv", tmp_path / "r.csv"
    for path, frame in zip(paths, (victims, reports), strict=True):
        path.write_bytes((frame.to_csv(index=False, sep=separator) + ragged).encode(encoding, "replace"))
    mapping = {} if said is None else {"reading": {"encoding": said, "separator": separator, "missing": ["nan"]}}
    assert faults(lambda: read_registry(*paths, mapping=mapping, period=(2015, 2019))) == []
    assert faults(lambda: read_registry(paths[1], period=(2015, 2019))) == []


@FEW
@given(
    junk=st.binary(max_size=300),
    kind=st.sampled_from(["csv", "xlsx", "parquet", "sav", "zsav", "dta", "tsv", "exe"]),
    whole=st.booleans(),
    cut=st.integers(0, 400),
)
def test_junk_of_any_name(tmp_path, junk, kind, whole, cut):
    """Bytes of anything, and real files that are cut off or overwritten somewhere."""
    frame = pd.DataFrame({"victim": [KEY, "b"], "date": ["2015", "2016"], "reporter": ["police", TEXT]})
    path = tmp_path / f"r.{kind}"
    if whole or kind in ("exe", "csv", "tsv"):
        path.write_bytes(junk)
    else:
        real = real_file(frame, kind, tmp_path)
        path.write_bytes(real[: len(real) * cut // 400] + junk + real[len(real) * cut // 400 + len(junk) :])
    assert faults(lambda: read_registry(path, period=(2015, 2019))) == []


def real_file(frame, kind, folder):
    """The bytes of a frame in some format."""
    if kind == "xlsx":
        buffer = io.BytesIO()
        frame.to_excel(buffer, index=False)
        return buffer.getvalue()
    path = folder / f"real.{kind}"
    if kind == "parquet":
        frame.to_parquet(path)
    elif kind == "dta":
        pyreadstat.write_dta(frame, str(path))
    else:
        pyreadstat.write_sav(frame, str(path), compress=kind == "zsav")
    return path.read_bytes()


WORDS = ("", "victim", "sex", "male", "SU", "police", "first", "sek", "*", "date_of_birth")
TABLES = ("columns", "sheet", "sex", "types", "sectors_labour", "police", "victim", "SU", "missing", "*")

plain = st.recursive(
    st.sampled_from(WORDS) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(TABLES), inner, max_size=3),
    max_leaves=8,
)


@FEW
@given(
    mapping=st.dictionaries(
        st.sampled_from(["version", "victims", "reports", "codes", "crosswalk", "differing", "reading", "x"]), plain
    )
)
def test_mappings_of_anything(tmp_path, mapping):
    paths = tmp_path / "v.csv", tmp_path / "r.csv"
    paths[0].write_text(f"victim;sex;sek\n{KEY};male;1\n7;{TEXT};0\n")
    paths[1].write_text(f"victim;date;reporter\n{KEY};2015;police\n7;2016;emm\n")
    assert faults(lambda: read_registry(*paths, mapping=mapping, period=(2015, 2019))) == []
