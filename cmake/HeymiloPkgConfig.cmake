# The files of pkg-config: heymilo, and heymilo-testing and heymilo-workflows where they are built.
# Paths in them begin where the file itself is, so that the tree can be moved.

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

# What a build of this type puts behind the names of its libraries.
string(TOUPPER "${CMAKE_BUILD_TYPE}" pc_postfix)
set(pc_postfix "${CMAKE_${pc_postfix}_POSTFIX}")

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

# What the library itself needs. A shared one brings it, so that only --static asks for it. Where only a
# static one is installed, whoever links needs it. Asking for it by --static would not do: that asks for
# all that a static libcurl needs, too, where a shared one is to be had.
set(pc_needs "libcurl >= 7.80")
if(HEYMILO_WITH_SIMDJSON)
  list(APPEND pc_needs "simdjson >= 3.0")
endif()
if(heymilo_type STREQUAL "STATIC_LIBRARY")
  set(pc_parts
    REQUIRES "nlohmann_json >= 3.9" ${pc_needs}
    LIBS -pthread
    CFLAGS -DHEYMILO_STATIC_DEFINE)
else()
  set(pc_parts
    REQUIRES "nlohmann_json >= 3.9"
    REQUIRES_PRIVATE ${pc_needs}
    LIBS_PRIVATE -pthread
    CFLAGS_PRIVATE -DHEYMILO_STATIC_DEFINE)
endif()
heymilo_pkg_config(heymilo
  DESCRIPTION "C++ client for the HeyMilo API"
  LIBRARY heymilo
  ${pc_parts})

# These two are always static, so what they need is needed by whoever links them.
if(TARGET heymilo_testing)
  set(pc_requires "heymilo = ${PROJECT_VERSION}")
  if(HEYMILO_TESTING_HTTP AND httplib_LIBRARY)  # compiled
    list(APPEND pc_requires cpp-httplib)
  else()  # one header, and what it was told to use
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
    LIBS -pthread)
endif()
if(TARGET heymilo_workflows)
  heymilo_pkg_config(heymilo-workflows
    DESCRIPTION "Bulk ingestion and mirror, over the HeyMilo API"
    LIBRARY heymilo_workflows
    REQUIRES "heymilo = ${PROJECT_VERSION}" "sqlite3 >= 3.24"
    LIBS -pthread)
endif()
