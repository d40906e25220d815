#!/usr/bin/env python3
"""Finds dead links in the Markdown pages of the project, and a README that has grown too long.

    docs/check_pages.py

A relative link must lead to a file or folder of the project, and what follows its `#` to a heading of
that page, under the name that GitHub gives it. Links to other sites are not followed.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
README_LINES = 200  # at most
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def anchors_of(text):
    """The names of a page's headings: lower case, without punctuation, with a hyphen for a blank."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


def main():
    pages = {}
    for folder in (".", ".github", "docs", "examples"):
        paths = (ROOT / folder).glob("*.md") if folder == "." else (ROOT / folder).rglob("*.md")
        for path in paths:
            pages[path.resolve()] = FENCE.sub("", path.read_text(encoding="utf-8"))
    problems, links = [], 0
    for path, text in sorted(pages.items()):
        for link in LINK.findall(text):
            if re.match(r"[a-z]+:", link):
                continue
            links += 1
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            if not target.exists():
                problems.append(f"{path.relative_to(ROOT)}: dead link: {link}")
            elif anchor and target in pages and anchor not in anchors_of(pages[target]):
                problems.append(f"{path.relative_to(ROOT)}: no such heading: {link}")
    lines = (ROOT / "README.md").read_text(encoding="utf-8").count("\n")
    if lines > README_LINES:
        problems.append(f"README.md has {lines} lines, and {README_LINES} are allowed: move what is not for the first visit")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(pages)} pages, {links} links between them, {len(problems)} problems")
    sys.exit(1 if problems or links < 50 else 0)


if __name__ == "__main__":
    main()
