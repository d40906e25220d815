# The files of pkg-config: heymilo, and heymilo-testing, heymilo-workflows and heymilo-postgres if they are
# built. Paths in them are relative to the file: the tree can be moved.

set(pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
  file(RELATIVE_PATH pc_up "/${pc_dir}" "/")
  string(REGEX REPLACE "/$" "" pc_up "${pc_up}")
  set(pc_prefix "\${pcfiledir}/${pc_up}")
endif()
foreach(kind IN ITEMS LIB INCLUDE)
  string(TOLOWER "pc_${kind}dir" variable)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}DIR}")
    set(${variable} "${CMAKE_INSTALL_${kind}DIR}")
  else()
    set(${variable} "\${prefix}/${CMAKE_INSTALL_${kind}DIR}")
  endif()
endforeach()

# The suffix that a build of this type appends to its libraries' names.
string(TOUPPER "${CMAKE_BUILD_TYPE}" pc_postfix)
set(pc_postfix "${CMAKE_${pc_postfix}_POSTFIX}")

# If this is not set, threads are part of the system library.
set(pc_threads)
if(NOT MSVC)
  set(pc_threads -pthread)
endif()

# heymilo_pkg_config(<module> DESCRIPTION <text> LIBRARY <name> [REQUIRES <module>...]
#                    [REQUIRES_PRIVATE <module>...] [LIBS <flag>...] [LIBS_PRIVATE <flag>...]
#                    [CFLAGS <flag>...] [CFLAGS_PRIVATE <flag>...])
function(heymilo_pkg_config module)
  cmake_parse_arguments(PARSE_ARGV 1 pc ""
    "DESCRIPTION;LIBRARY" "REQUIRES;REQUIRES_PRIVATE;LIBS;LIBS_PRIVATE;CFLAGS;CFLAGS_PRIVATE")
  foreach(list IN ITEMS REQUIRES REQUIRES_PRIVATE)
    string(REPLACE ";" ", " pc_${list} "${pc_${list}}")
  endforeach()
  foreach(list IN ITEMS LIBS LIBS_PRIVATE CFLAGS CFLAGS_PRIVATE)
    string(REPLACE ";" " " pc_${list} "${pc_${list}}")
  endforeach()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/heymilo.pc.in"
    "${PROJECT_BINARY_DIR}/cmake/${module}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/cmake/${module}.pc"
    DESTINATION "${pc_dir}" COMPONENT heymilo_development)
endfunction()

# The library's own dependencies. A shared library links them itself: only --static lists them. If only a
# static one is installed, every user needs them. Requiring --static would not do: it would also list all
# dependencies of a static libcurl, even if a shared one is available.
set(pc_needs "libcurl >= ${heymilo_minimum_CURL}")
if(HEYMILO_WITH_SIMDJSON)
  list(APPEND pc_needs "simdjson >= ${heymilo_minimum_simdjson}")
endif()
if(heymilo_type STREQUAL "STATIC_LIBRARY")
  set(pc_parts
    REQUIRES "nlohmann_json >= ${heymilo_minimum_nlohmann_json}" ${pc_needs}
    LIBS ${pc_threads}
    CFLAGS -DHEYMILO_STATIC_DEFINE)
else()
  set(pc_parts
    REQUIRES "nlohmann_json >= ${heymilo_minimum_nlohmann_json}"
    REQUIRES_PRIVATE ${pc_needs}
    LIBS_PRIVATE ${pc_threads}
    CFLAGS_PRIVATE -DHEYMILO_STATIC_DEFINE)
endif()
heymilo_pkg_config(heymilo
  DESCRIPTION "C++ client for the HeyMilo API"
  LIBRARY heymilo
  ${pc_parts})

# The file of an imported library that a build of this type links; empty for a header-only library.
function(heymilo_imported_file target result)
  set(${result} "" PARENT_SCOPE)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" own)
  foreach(kind IN ITEMS IMPORTED_IMPLIB IMPORTED_LOCATION)
    set(properties ${kind}_${own} ${kind})
    foreach(configuration IN LISTS configurations)
      list(APPEND properties ${kind}_${configuration})
    endforeach()
    foreach(property IN LISTS properties)
      get_target_property(file ${target} ${property})
      if(file)
        set(${result} "${file}" PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endforeach()
endfunction()

# These are always static: their users need their dependencies.
if(TARGET heymilo_testing)
  set(pc_requires "heymilo = ${PROJECT_VERSION}")
  set(pc_libs ${pc_threads})
  if(NOT HEYMILO_TESTING_HTTP)
    # needs no cpp-httplib
  elseif(httplib_LIBRARY AND NOT httplib_DIR)  # compiled, and described by a file of pkg-config
    list(APPEND pc_requires cpp-httplib)
  else()  # a header, or a library with a CMake package only: its file and its features
    heymilo_imported_file(httplib::httplib pc_httplib)
    set(pc_libs ${pc_httplib} ${pc_threads})
    foreach(feature IN ITEMS OPENSSL:openssl ZLIB:zlib BROTLI:libbrotlienc BROTLI:libbrotlidec
        ZSTD:libzstd)
      string(REPLACE ":" ";" feature "${feature}")
      list(GET feature 0 name)
      list(GET feature 1 pc_module)
      if(HTTPLIB_IS_USING_${name})
        list(APPEND pc_requires ${pc_module})
      endif()
    endforeach()
  endif()
  heymilo_pkg_config(heymilo-testing
    DESCRIPTION "Mock server of the HeyMilo API, for tests"
    LIBRARY heymilo_testing
    REQUIRES ${pc_requires}
    LIBS ${pc_libs})
endif()
if(TARGET heymilo_workflows)
  heymilo_pkg_config(heymilo-workflows
    DESCRIPTION "Bulk ingestion and mirror, over the HeyMilo API"
    LIBRARY heymilo_workflows
    REQUIRES "heymilo = ${PROJECT_VERSION}" "sqlite3 >= ${heymilo_minimum_SQLite3}"
    LIBS ${pc_threads})
endif()
if(TARGET heymilo_postgres)
  heymilo_pkg_config(heymilo-postgres
    DESCRIPTION "Quota and journal for the HeyMilo API, shared by several machines through PostgreSQL"
    LIBRARY heymilo_postgres
    REQUIRES "heymilo = ${PROJECT_VERSION}" "libpq >= ${heymilo_minimum_PostgreSQL}"
    LIBS ${pc_threads})
endif()
