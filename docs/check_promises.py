#!/usr/bin/env python3
"""Finds tests that docs/promises.md names and that do not exist.

    docs/check_promises.py

In the second column of its tables, `client: RefusesWithoutSending` is a test of tests/client/client_test.cpp,
`client` all of that file, and `RefusesWithoutSending` another test of the file named before.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    missing, named, tests = [], 0, ""
    for line in (ROOT / "docs/promises.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            continue
        for name in re.findall(r"`([^`]+)`", line.split("|")[2]):
            stem, _, test = name.partition(": ")
            if not test and stem[0].isupper():
                test = stem
            else:
                file = ROOT / f"tests/{stem}_test.cpp"
                tests = file.read_text(encoding="utf-8") if file.is_file() else ""
            named += 1
            if not tests or (test and not re.search(rf"^TEST\w*\(\w+, {test}\)", tests, re.MULTILINE)):
                missing.append(name)
    for name in missing:
        print(f"docs/promises.md: no such test: {name}", file=sys.stderr)
    sys.exit(1 if missing or named < 30 else 0)


if __name__ == "__main__":
    main()
