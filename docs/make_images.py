"""Draw the pictures of the pages: ``python docs/make_images.py``."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

import mse

FOLDER = Path(__file__).parent / "images"


def draw() -> None:
    """Draw the overlaps and the pair search of the Dutch table, and two figures of the invented register."""
    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "mse", "svg.fonttype": "path"})
    FOLDER.mkdir(exist_ok=True)
    table = mse.datasets.load("netherlands_2010_2015")
    figures = mse.monitor.figures(mse.simulate.published_register(seed=1))
    published = mse.monitor.published_estimates("netherlands_2014_2015")
    allowed = ("period", "population", "definition")
    things = {
        "dutch-overlaps": table,
        "dutch-pair-search": mse.Search().fit(table),
        "monitor-forms": figures["2.7"],
        "registered-beside-estimated": mse.monitor.registered_versus_estimated(figures, published, allow=allowed),
    }
    for name, thing in things.items():
        picture = mse.plot(thing)
        picture.savefig(FOLDER / f"{name}.svg", metadata={"Date": None, "Creator": None}, facecolor="white")
        print(f"images/{name}.svg")


if __name__ == "__main__":
    draw()
