"""The lecture map in notebook 00, and all links between notebooks: each leads to a heading or a function that is there.

A row may say "in preparation" only as long as that notebook is missing, so new notebooks have to be entered.
"""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

import lectopt
from tools import canonical

FOLDER = Path(__file__).parents[1] / "notebooks"
WELCOME = FOLDER / "00_welcome.ipynb"
ALL = canonical.find([FOLDER])
LECTURES = ["G", "O", "S", "A", "J"]
NUMBERS = [f"{n:02}" for n in range(14)]

LINK = r"\[(?P<label>\d\d) [^\]]+\]\((?P=label)_\w+\.ipynb(?:#[^)\s]+)?\)"  # the label's number is the file's
PREPARED = r"(?P<number>\d\d)(?: [A-Z][\w -]+)? \(in preparation\)"
FUNCTION = r"`(\w+)`"


def markdown(path):
    """All prose of a notebook, one text."""
    cells = canonical.read(path.read_text(encoding="utf-8")).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def anchors(text):
    """What a link can lead to, as JupyterLab has it: the headings, hyphens for spaces."""
    prose = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.M | re.S)
    return [re.sub(r"[`*]", "", h).replace(" ", "-") for h in re.findall(r"^#{1,6} +(.*?)\s*$", prose, flags=re.M)]


def section(text, heading):
    """The part of a text under a heading, up to the next heading of its level or above; "" where it is missing."""
    level = heading.count("#")
    found = re.search(rf"^{re.escape(heading)}.*?$(.*?)(?=^#{{1,{level}}} |\Z)", text, flags=re.M | re.S)
    return found[1] if found else ""


def rows(text):
    """The rows of the tables in a text, each a list of cells, without the two lines of a table's head."""
    table = [line.strip() for line in text.splitlines() if line.strip().startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line[1:].removesuffix("|"))] for line in table]
    heads = {i for i, row in enumerate(cells) if all(re.fullmatch(r":?-+:?", cell) for cell in row)}
    return [row for i, row in enumerate(cells) if i not in heads and i + 1 not in heads]


def each(pattern, text):
    """Whether a text is a list of such items, with commas between them."""
    parts = re.split(r", (?=\[?\d\d\b|`)", text)
    return all(any(re.fullmatch(p, part) for p in pattern) for part in parts)


def map_faults(text):
    """What is wrong with the lecture map in the text of notebook 00, apart from where its links lead."""
    lectures = section(text, "## The lecture map")
    if re.findall(r"^### \[(\w)\]", lectures, flags=re.M) != LECTURES:
        yield f"the map has not one table for each of the lectures {LECTURES}, in this order"
    for lecture in LECTURES:
        part = section(lectures, f"### [{lecture}]")
        if len(rows(part)) < 10:
            yield f"[{lecture}] has a table of only {len(rows(part))} rows"
        if len(re.findall(r"^Out of scope: .+\.$", part, flags=re.M)) != 1:
            yield f"[{lecture}] has not one line that begins with 'Out of scope:'"
        for row in rows(part):
            yield from (f"[{lecture}] {' | '.join(row)}: {fault}" for fault in row_faults(row))


def row_faults(row):
    """What is wrong with one row: heading or formula | where in the course | function."""
    if len(row) != 3 or not all(row):
        yield f"{len(row)} cells, some maybe empty, for 3"
        return
    what, where, functions = row
    if what.count("$") % 2:
        yield "a formula is not closed"
    if not each([LINK, PREPARED], where):
        yield "where it is, is neither a link nor 'NN (in preparation)'"
    if "†" in what and not re.search(r"\b13\b", where):
        yield "a dagger, but no link to notebook 13"
    if functions != "–":
        if not each([FUNCTION], functions):
            yield "functions stand in backticks, commas between them, or there is a – for none"
        for name in re.findall(FUNCTION, functions):
            if name not in dir(lectopt) or name.startswith("_") or not hasattr(lectopt, name):
                yield f"lectopt has no public {name}"


def list_faults(text):
    """What is wrong with the list of notebooks in the text of notebook 00."""
    listed = rows(section(text, "## The notebooks"))
    if [row[0].lstrip("[")[:2] for row in listed] != NUMBERS:
        yield f"the list of notebooks has not one row for each of {NUMBERS[0]} to {NUMBERS[-1]}"
    for row in listed:
        if len(row) != 2 or not all(row) or not each([LINK, PREPARED], row[0]):
            yield f"{' | '.join(row)}: a row is a link or 'NN Title (in preparation)', and a sentence"


def preparation_faults(text, folder):
    """Each "in preparation" must name a notebook that is missing."""
    named = list(re.finditer(PREPARED, text))
    if len(named) != text.count("in preparation"):
        yield "'in preparation' without the number of a notebook before it"
    for match in named:
        number = match["number"]
        if number not in NUMBERS:
            yield f"there will be no notebook {number}"
        for path in folder.glob(f"{number}_*.ipynb"):
            yield f"{match[0]}: but {path.name} is there; link to it"


def link_faults(text, path):
    """Each link of a notebook to a file or a heading that is not there, or not there once."""
    prose = re.sub(r"^(```|~~~).*?^\1|`[^`\n]*`|\$[^$\n]+\$", "", text, flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)[^)]*\)", prose):
        if re.match(r"\w+:", target):
            continue  # another site
        name, _, anchor = unquote(target).partition("#")
        file = path.parent / name if name else path
        if name and not file.exists():
            yield f"{target}: there is no {name}"
        elif anchor and file.suffix == ".ipynb":
            count = anchors(text if file == path else markdown(file)).count(anchor)
            if count != 1:
                yield f"{target}: {count} headings are called so"


@pytest.fixture(scope="module")
def welcome():
    return markdown(WELCOME)


def test_the_map_is_complete_and_its_functions_exist(welcome):
    assert list(map_faults(welcome)) == []


def test_the_list_of_notebooks_is_complete(welcome):
    assert list(list_faults(welcome)) == []


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    assert list(link_faults(markdown(path), path)) == []


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_in_preparation_is_what_is_missing(path):
    assert list(preparation_faults(markdown(path), FOLDER)) == []


# The tests above can fail: each of these changes to notebook 00 is found.


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"^### \[S\].*?(?=^### )", ""),  # a lecture without its table
        (r"^Out of scope: .*?$", ""),
        (r"`gradient_descent`", "`gradient_decent`"),
        (r"`gradient_descent` \|$", "gradient_descent |"),
        (r"`gradient_descent` \|$", "`like_run` |"),
        (r"`gradient_descent` \|$", "|"),
        (r"\[02 Downhill along the slope\]\([^)]*\)", "02"),
        (r"\[02 Downhill along the slope\]\([^)]*\)", "Downhill along the slope (in preparation)"),
        (r"\[02 Downhill along the slope\]\(02", "[02 Downhill along the slope](01"),
        (r"\$ \|", " |"),
        (r", 13 \(in preparation\) \||, \[13 [^]]*\]\([^)]*\) \|", " |"),
    ],
)
def test_a_fault_of_the_map_is_found(welcome, old, new):
    before, heading, lectures = welcome.partition("## The lecture map")
    changed, count = re.subn(old, new, lectures, count=1, flags=re.M | re.S)
    assert count == 1
    assert list(map_faults(before + heading + changed)) != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"^\| \[01 .*?\n", ""),
        (r"\| \[01 [^\]]*\]\([^)]*\)", "| 01 Learning as optimization"),
        (r"\| \[01 [^\]]*\]\([^)]*\) \|.*?\|$", "| [01 L](01_learning_as_optimization.ipynb) | |"),
    ],
)
def test_a_fault_of_the_list_is_found(welcome, old, new):
    changed, count = re.subn(old, new, welcome, count=1, flags=re.M)
    assert count == 1
    assert list(list_faults(changed)) != []


@pytest.mark.parametrize(
    "target",
    [
        "#No-such-heading",
        "#Heading",
        "77_none.ipynb",
        "00_welcome.ipynb#Helo",
        "00_welcome.ipynb#the-lecture-map",
        "../NONE.md",
    ],
)
def test_a_broken_link_is_found(target):
    text = f"# 00 Title\n\n## Heading\n\n## Heading\n\nSee [there]({target})."
    assert len(list(link_faults(text, FOLDER / "of_this_test.ipynb"))) == 1


@pytest.mark.parametrize(
    "target",
    [
        "#Two-words",
        "00_welcome.ipynb",
        "00_welcome.ipynb#The-lecture-map",
        "https://example.org/#x",
        "../pyproject.toml",
    ],
)
def test_a_good_link_passes(target):
    text = f"# 00 Title\n\n## Two words\n\n`a[0](b)` and $p[0](x)$: see [there]({target})."
    assert list(link_faults(text, FOLDER / "of_this_test.ipynb")) == []


@pytest.mark.parametrize(
    "words", ["00 (in preparation)", "00 Welcome (in preparation)", "77 (in preparation)", "more is in preparation"]
)
def test_a_wrong_in_preparation_is_found(words):
    assert len(list(preparation_faults(f"| {words} |", FOLDER))) == 1
