#!/usr/bin/env bash
# Makes the documentation, build/site/index.html: the reference from the comments in the public headers,
# the pages of this folder and those beside README.md. Fails when a public name is not documented, when a
# page shows code that is not the compiled one, when a promise names a test that does not exist, when a
# link is dead, in README.md too, and when README.md is too long. Needs doxygen and python3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

docs/insert_code.py --check
docs/check_promises.py
docs/check_pages.py
rm -rf build/site
mkdir -p build
version=$(sed -n 's/^#define HEYMILO_VERSION_[A-Z]* //p' include/heymilo/version.hpp | paste -sd.)
{ cat docs/Doxyfile && echo "PROJECT_NUMBER = $version"; } | doxygen -
docs/check_links.py build/site
