"""plotly.min.js comes out of the installed package, and nothing else does."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from analytics.finders import PlotlyFinder


def test_the_script_is_found_where_the_package_has_it() -> None:
    found = finders.find("plotly/plotly.min.js")
    assert Path(str(found)).parts[-3:] == ("plotly", "package_data", "plotly.min.js")


@pytest.mark.parametrize("path", ["plotly/widgetbundle.js", "plotly/../plotly.min.js", "plotly.min.js", "plotly/"])
def test_no_other_file_of_the_package_is_served(path: str) -> None:
    assert not PlotlyFinder().find(path)


def test_collecting_static_files_takes_the_script_alone() -> None:
    assert [(storage.prefix, name) for name, storage in PlotlyFinder().list([])] == [("plotly", "plotly.min.js")]  # type: ignore[attr-defined]
