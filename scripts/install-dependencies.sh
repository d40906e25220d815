#!/usr/bin/env bash
# Installs missing dependencies on Debian and Ubuntu with apt-get. On any other system it only lists them.
#
#   scripts/install-dependencies.sh             to build the library, the mock server and the examples
#   scripts/install-dependencies.sh tests       to run tests/run.sh as well
#   scripts/install-dependencies.sh all         to run tests/run.sh --all
#   scripts/install-dependencies.sh windows     to run tests/windows.sh: mingw-w64 and Wine
#   scripts/install-dependencies.sh benchmarks  to run benchmarks/run.sh --brief
#   scripts/install-dependencies.sh peers       to run benchmarks/run.sh, except packages of npm
set -euo pipefail

packages=(
  g++ cmake make ninja-build pkg-config
  libcurl4-openssl-dev nlohmann-json3-dev libcpp-httplib-dev libcli11-dev
  libsqlite3-dev sqlite3
  libpq-dev
  ca-certificates  # libcurl only recommends them, but TLS to the API needs them
)
# The tests start servers of their own.
databases=(postgresql pgbouncer)
case "${1:-build}" in
  build) ;;
  tests)
    packages+=(libgtest-dev libgmock-dev libssl-dev "${databases[@]}")
    ;;
  all)
    # llvm contains llvm-symbolizer, which ThreadSanitizer needs for the names in tests/tsan.supp.
    packages+=(clang libclang-rt-dev llvm clang-tidy clang-format libgtest-dev libgmock-dev libssl-dev
      libsimdjson-dev doxygen python3 zsh lld
      "${databases[@]}"
      abigail-tools binutils dpkg-dev fakeroot gzip help2man lintian xz-utils)
    # For the preset libcxx; Debian's GoogleTest and cpp-httplib are compiled for libstdc++.
    packages+=(clang-19 libc++-19-dev libc++abi-19-dev googletest)
    # The dependencies of a static libcurl, all listed by pkg-config --static.
    packages+=(libbrotli-dev libidn2-dev libkrb5-dev libldap-dev libnghttp2-dev libpsl-dev librtmp-dev
      libssh2-1-dev libzstd-dev)
    ;;
  windows)
    # dpkg-dev unpacks source packages; SQLite's build generates its single source file with Tcl.
    packages+=(g++-mingw-w64-x86-64-posix libz-mingw-w64-dev wine64 googletest dpkg-dev tcl)
    ;;
  benchmarks)
    packages+=(libbenchmark-dev libsimdjson-dev rapidjson-dev "${databases[@]}")
    ;;
  peers)
    packages+=(libbenchmark-dev libsimdjson-dev rapidjson-dev libcpprest-dev "${databases[@]}")
    ;;
  *)
    echo "usage: $0 [tests | all | windows | benchmarks | peers]" >&2
    exit 2
    ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  cat >&2 <<'END'
This is not Debian or Ubuntu: nothing is installed automatically. Required:
  a C++17 compiler, CMake, Ninja or Make, pkg-config, and libcurl, nlohmann/json, cpp-httplib, CLI11,
  SQLite and libpq
  (Fedora: libcurl-devel json-devel cpp-httplib-devel cli11-devel sqlite-devel libpq-devel;
   Homebrew: curl nlohmann-json cpp-httplib cli11 sqlite libpq);
  for the tests also GCC, Clang with lld, llvm-symbolizer, clang-tidy and clang-format, GoogleTest,
  OpenSSL, PostgreSQL and pgbouncer, simdjson and zsh, and Doxygen and Python 3 for the documentation;
  the checks of packages and of the binary interface run on Debian only
  (Fedora: gcc-c++ clang clang-tools-extra compiler-rt llvm gmock-devel openssl-devel postgresql-server
   pgbouncer simdjson-devel doxygen python3 zsh;
   Homebrew: gcc llvm googletest openssl postgresql simdjson doxygen python).
END
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  if [ "$status" != installed ]; then
    missing+=("$package")
  fi
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "No permission to install packages. As root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "Installing: ${missing[*]}" >&2
if [[ " ${missing[*]} " == *' postgresql '* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
  # Debian's package makes a database cluster, and starts a server for it, which nobody has asked for here.
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' |
    "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
"${as_root[@]}" apt-get update --quiet >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --quiet --yes --no-install-recommends \
  -o Dpkg::Options::=--force-confold "${missing[@]}" >&2
if [[ " ${missing[*]} " == *' pgbouncer '* && -d /run/systemd/system ]]; then
  "${as_root[@]}" systemctl disable --now pgbouncer.service >&2  # the tests start their own
fi
