# Tests of what only POSIX has, or that use it: other processes, signals, file descriptors, limits of a
# process, TLS by OpenSSL. Elsewhere, on Windows, they are not built. Add a line when a test
# needs POSIX.
set(heymilo_posix_tests
  bulk_ingest_clock
  bulk_ingest_journal
  bulk_ingest_kill
  curl_cancellation
  curl_guest
  curl_http2
  curl_idle
  curl_late_bytes
  curl_proxy
  curl_sockets
  curl_tls
  cut
  example_bulk_ingest
  example_bulk_ingest_files
  example_ingest_candidate
  example_list_candidates
  example_mirror_candidates
  example_mock_server
  example_quickstart
  example_temporary_files
  guest
  latency
  mirror_clock
  mirror_kill
  mock_server_http
  mock_server_lifecycle
  readme
  store_error
  stories)
# Of these, what needs /proc, /dev/full or calls that only Linux has.
set(heymilo_linux_tests
  bulk_ingest_clock
  curl_cancellation
  curl_idle
  curl_late_bytes
  curl_sockets
  example_bulk_ingest_files
  example_ingest_candidate
  example_list_candidates
  example_mirror_candidates
  example_mock_server
  guest
  mirror_clock)
# What they need of tests/support.
set(heymilo_posix_support
  child_process.cpp
  http2.cpp
  raw_tls.cpp
  running_process.cpp
  screen.cpp
  spawn.cpp
  tls_certificates.cpp)
