#!/usr/bin/env bash
# Builds and tests this checkout with the oldest supported dependencies, on Debian 11 or Ubuntu 22.04: the
# library, the workflows, the mock server and the programs, the tests that use a dependency, and consumers of
# the installed library, with CMake and with pkg-config.
#
#   tests/minimums_here.sh
#
# Installs packages, so it needs root; tests/minimums.sh runs it in a bare root. Debian 11 has libcurl 7.74,
# and neither CLI11 nor cpp-httplib: the three are built from Debian 12's sources, as a user of Debian 11
# would do, in /opt/heymilo-dependencies. No presets: they need CMake 3.21.
# The last lines are the versions, one for each dependency: `built with <dependency> <version>`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests=(
  curl_cancellation curl_failure curl_http2 curl_idle curl_late_bytes curl_limits curl_outcome curl_proxy
  curl_sockets curl_tls curl_transport
  codec conformance describe enum_json hostile_json outline
  bulk_ingest bulk_ingest_journal journal_file mirror sqlite_mirror
  bulk_ingest example_list_candidates example_mirror_candidates
  mock_server_http mock_server_in_process mock_server_script
)
case ${1:-} in
  '') ;;
  --help | -h)
    sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *)
    echo "usage: $0; see --help" >&2
    exit 2
    ;;
esac
if [ "$(id -u)" -ne 0 ]; then
  echo "Installing packages needs root: sudo $0" >&2
  exit 2
fi

# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "$ID $VERSION_ID")
jobs=$(nproc)
dependencies=/opt/heymilo-dependencies # not in the checkout: CMake would omit it from RPATHs
build=$PWD/build/minimums
installed=$build/installed
packages=(
  g++ cmake ninja-build pkg-config nlohmann-json3-dev libsqlite3-dev libgtest-dev libgmock-dev
  libssl-dev openssl ca-certificates
)

install() { apt-get install --quiet --yes --no-install-recommends "$@"; }

# Debian 12's sources; apt verifies their signature.
build_dependencies() {
  local mirror
  mirror=$(sed -n 's/^deb \([^ ]*\) bullseye main.*/\1/p' /etc/apt/sources.list | head -n 1)
  echo "deb-src ${mirror:-http://deb.debian.org/debian} bookworm main" >/etc/apt/sources.list.d/heymilo-sources.list
  apt-get update --quiet
  rm -rf "$dependencies"
  mkdir -p "$dependencies/sources"
  (
    cd "$dependencies/sources"
    apt-get source --quiet curl cpp-httplib cli11
    cp -- cpp-httplib-*/httplib.h "$(mkdir -p ../include && cd ../include && pwd)"
    cmake -S cli11-2* -B cli11 -DCMAKE_INSTALL_PREFIX="$dependencies" -DCLI11_SINGLE_FILE=OFF \
      -DCLI11_BUILD_TESTS=OFF -DCLI11_BUILD_EXAMPLES=OFF -DCLI11_BUILD_DOCS=OFF
    cmake --install cli11
    cd curl-*/
    ./configure --quiet --prefix="$dependencies" --with-openssl --with-nghttp2 --disable-static --disable-ldap \
      --without-libpsl --disable-manual --with-ca-bundle=/etc/ssl/certs/ca-certificates.crt
    make --silent --jobs "$jobs" install
  )
}

export DEBIAN_FRONTEND=noninteractive
case $release in
  'debian 11')
    apt-get update --quiet
    install "${packages[@]}" make dpkg-dev xz-utils libnghttp2-dev zlib1g-dev
    build_dependencies
    ;;
  'ubuntu 22.04')
    apt-get update --quiet
    install "${packages[@]}" libcurl4-openssl-dev libcpp-httplib-dev libcli11-dev
    ;;
  *)
    echo "This is $release, and the oldest dependencies are those of Debian 11 and Ubuntu 22.04: run" \
      "tests/minimums.sh, which makes roots of them" >&2
    exit 2
    ;;
esac

cmake -S . -B "$build" -G Ninja -DHEYMILO_PRECOMPILE_HEADERS=ON -DCMAKE_INSTALL_PREFIX="$installed" \
  -DCMAKE_PREFIX_PATH="$dependencies" -DCMAKE_INSTALL_RPATH_USE_LINK_PATH=ON
programs=(list-candidates ingest-candidate bulk-ingest mirror-candidates mock-server)
cmake --build "$build" --parallel "$jobs" --target heymilo heymilo_workflows heymilo_testing quickstart \
  "${programs[@]/#/heymilo-}" {json,hostile,workflows,testing,tools}_test \
  {curl,json,workflows,tools}_internal_test curl_curl_{cancellation,idle}_test
(cd "$build" && ctest --tests-regex "(^|/)($(IFS='|' && echo "${tests[*]}")|minimums:stated)$" --parallel "$jobs" --output-on-failure)

cmake --install "$build"
consumer=$build/consumer
cmake -S tests/consumers/find_package -B "$consumer" -G Ninja "-DCONSUMER_STANDARDS=17;20" \
  "-DCMAKE_PREFIX_PATH=$dependencies;$installed"
cmake --build "$consumer" --parallel "$jobs"
(cd "$consumer" && ctest --output-on-failure)

export PKG_CONFIG_PATH=$dependencies/lib/pkgconfig:$dependencies/share/pkgconfig
PKG_CONFIG_PATH+=:$(find "$installed" -type d -name pkgconfig -printf '%p:')
for use in client:heymilo mock_server:heymilo-testing workflows:heymilo-workflows; do
  program=${use%:*}
  read -ra flags < <(pkg-config --cflags --libs "${use#*:}")
  g++ -std=c++17 "tests/consumers/programs/$program.cpp" "${flags[@]}" -o "$consumer/$program"
  LD_LIBRARY_PATH=$dependencies/lib "$consumer/$program"
done
"$installed/bin/heymilo-list-candidates" --version

# The header of cpp-httplib contains its version from 0.11 on.
httplib=$(sed -n 's/^#define CPPHTTPLIB_VERSION "\(.*\)"/\1/p' "$dependencies/include/httplib.h" 2>/dev/null ||
  pkg-config --modversion cpp-httplib)
cli11=$(sed -n 's/^#define CLI11_VERSION "\(.*\)"/\1/p' {"$dependencies",/usr}/include/CLI/Version.hpp 2>/dev/null ||
  true)
while read -r dependency version; do
  printf 'built with %s %s\n' "$dependency" "$version"
done <<END
g++ $(g++ -dumpfullversion)
CMake $(cmake --version | sed -n 's/^cmake version //p')
CURL $(pkg-config --modversion libcurl)
nlohmann_json $(pkg-config --modversion nlohmann_json)
SQLite3 $(pkg-config --modversion sqlite3)
httplib $httplib
CLI11 $cli11
GTest $(pkg-config --modversion gtest)
END
