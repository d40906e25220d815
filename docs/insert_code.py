#!/usr/bin/env python3
"""Puts compiled code into the pages that show it.

    docs/insert_code.py [--check]

In README.md, the other pages beside it and those of docs/, a fence below a line

    <!-- code: examples/cookbook/pagination.cpp [resume] -->

holds what stands in that file between `// [resume]` and `// [/resume]` (or `#` or `--` instead of `//`); without a name, the whole
file. With --check nothing is written, and a fence that differs is an error. A fence of C++ without
such a line always is.
"""

import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
FENCE = re.compile(
    r"(?:^<!-- code: (?P<file>\S+)(?: \[(?P<region>[^\]]+)\])? -->\n)?"
    r"^```(?P<language>\w*)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def code_of(file, region):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines(keepends=True)
    if region is None:
        return "".join(lines)
    begin = [i for i, line in enumerate(lines) if line.strip() in (f"// [{region}]", f"# [{region}]", f"-- [{region}]")]
    end = [i for i, line in enumerate(lines) if line.strip() in (f"// [/{region}]", f"# [/{region}]", f"-- [/{region}]")]
    if len(begin) != 1 or len(end) != 1:
        raise ValueError(f"{file} has no region [{region}], or several")
    return textwrap.dedent("".join(lines[begin[0] + 1 : end[0]]))


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    problems = []
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        name = page.relative_to(ROOT)
        text = page.read_text(encoding="utf-8")

        def replaced(fence):
            if fence["file"] is None:
                if fence["language"] == "cpp":
                    problems.append(f"{name}: a fence of C++ that is not compiled: {fence['code'][:60]!r}")
                return fence[0]
            code = code_of(fence["file"], fence["region"])
            return fence[0][: fence.start("code") - fence.start()] + code + "```"

        new = FENCE.sub(replaced, text)
        if new != text and check:
            problems.append(f"{name}: differs from the compiled code: run docs/insert_code.py")
        elif new != text:
            page.write_text(new, encoding="utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
