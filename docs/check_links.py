#!/usr/bin/env python3
"""Finds dead links in a folder of HTML pages.

    docs/check_links.py FOLDER

Each href and src must be a file in the folder, and what follows its `#` the id of something in that
page. Links to other sites are counted, and not followed.
"""

import html.parser
import pathlib
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids = set()
        self.links = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" or (name == "name" and tag == "a"):
                self.ids.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    pages = {path.relative_to(folder).as_posix(): Page(path) for path in folder.rglob("*.html")}
    dead, inside, outside = [], 0, 0
    for name, page in sorted(pages.items()):
        for link in page.links:
            url = urllib.parse.urlsplit(link)
            if url.scheme in ("http", "https", "mailto"):
                outside += 1
                continue
            if url.scheme or url.netloc:
                if url.scheme != "javascript":
                    dead.append(f"{name}: {link}")
                continue
            inside += 1
            target = (pathlib.PurePosixPath(name).parent / urllib.parse.unquote(url.path)).as_posix() if url.path else name
            fragment = urllib.parse.unquote(url.fragment)
            if not (folder / target).is_file():
                dead.append(f"{name}: {link}")
            elif fragment and target in pages and fragment not in pages[target].ids:
                dead.append(f"{name}: {link} (no such place in {target})")
    for link in dead:
        print(f"dead link: {link}", file=sys.stderr)
    print(f"{len(pages)} pages, {inside} links in the site, {outside} to others, {len(dead)} dead")
    sys.exit(1 if dead or inside < 100 else 0)


if __name__ == "__main__":
    main()
