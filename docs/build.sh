#!/usr/bin/env bash
# Makes the documentation, build/site/index.html: the reference from the comments in the public headers,
# and the pages of this folder. Fails where a public name is not documented, where a page shows code
# that is not the compiled one, where a promise names a test that does not exist, and where a link is
# dead. Needs doxygen and python3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

docs/insert_code.py --check
docs/check_promises.py
rm -rf build/site
mkdir -p build
version=$(sed -n 's/^#define HEYMILO_VERSION_[A-Z]* //p' include/heymilo/version.hpp | paste -sd.)
{ cat docs/Doxyfile && echo "PROJECT_NUMBER = $version"; } | doxygen -
docs/check_links.py build/site
