# Finds cpp-httplib and defines the target httplib::httplib, for any kind of installation, in the requested
# version or any later one:
# - with its own CMake package (upstream, vcpkg, Homebrew, Fedora);
# - compiled, described by pkg-config only (Debian). The definitions there are part of its ABI;
# - as a single header.
include(FindPackageHandleStandardArgs)
# Its package refuses any other minor version. The requested version is therefore not passed to it, as CMake
# would do, but compared here.
foreach(variable IN ITEMS VERSION VERSION_COMPLETE)
  set(httplib_wanted_${variable} "${httplib_FIND_${variable}}")
  set(httplib_FIND_${variable} "")
endforeach()
find_package(httplib CONFIG QUIET)
foreach(variable IN ITEMS VERSION VERSION_COMPLETE)
  set(httplib_FIND_${variable} "${httplib_wanted_${variable}}")
endforeach()
if(httplib_FOUND)
  find_package_handle_standard_args(httplib CONFIG_MODE)
  return()
endif()

find_path(httplib_INCLUDE_DIR httplib.h)
find_library(httplib_LIBRARY cpp-httplib)
mark_as_advanced(httplib_INCLUDE_DIR httplib_LIBRARY)
if(httplib_INCLUDE_DIR)
  file(STRINGS "${httplib_INCLUDE_DIR}/httplib.h" httplib_VERSION REGEX "CPPHTTPLIB_VERSION \"")
  string(REGEX REPLACE ".*\"(.*)\".*" "\\1" httplib_VERSION "${httplib_VERSION}")
endif()
if(httplib_LIBRARY)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(httplib_PC QUIET cpp-httplib)
    if(NOT httplib_VERSION)  # which the header has from 0.11 on
      set(httplib_VERSION "${httplib_PC_VERSION}")
    endif()
  endif()
endif()

find_package_handle_standard_args(httplib
  REQUIRED_VARS httplib_INCLUDE_DIR
  VERSION_VAR httplib_VERSION)

if(httplib_FOUND AND NOT TARGET httplib::httplib)
  find_package(Threads REQUIRED)
  add_library(httplib::httplib INTERFACE IMPORTED)
  target_include_directories(httplib::httplib INTERFACE "${httplib_INCLUDE_DIR}")
  target_link_libraries(httplib::httplib INTERFACE Threads::Threads)
  if(httplib_LIBRARY)
    if(NOT httplib_PC_FOUND)
      message(FATAL_ERROR "cpp-httplib is a compiled library, but pkg-config has no description of it: pkg-config may be missing.\n"
        "  Debian, Ubuntu  apt-get install pkg-config")
    endif()
    target_compile_options(httplib::httplib INTERFACE ${httplib_PC_CFLAGS_OTHER})
    target_link_libraries(httplib::httplib INTERFACE "${httplib_LIBRARY}")
  endif()
endif()
