# Debian packages, by CPack from a build tree with a shared and a static library and the prefix /usr:
#   cmake --preset debian && cmake --build --preset debian
#   cpack --config build/debian/CPackConfig.cmake
# They have the names, places and papers that Debian asks of such packages (lintian looks at them in the
# tests):
#   libheymilo0.2   the shared library; another name with each SOVERSION, so that two can be installed
#   libheymilo-dev  headers, the static libraries, the files of CMake and pkg-config
#   heymilo-tools   the programs, with manual pages and completions

foreach(target IN ITEMS heymilo_static heymilo_testing heymilo_workflows heymilo_postgres
    heymilo-bulk-ingest)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "HEYMILO_PACKAGES needs BUILD_SHARED_LIBS, HEYMILO_BUILD_STATIC_TOO, the "
      "programs and all components: ${target} is not built.")
  endif()
endforeach()
if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  message(FATAL_ERROR "HEYMILO_PACKAGES needs CMAKE_INSTALL_PREFIX to be /usr.")
endif()
find_program(HEYMILO_GZIP gzip REQUIRED)
mark_as_advanced(HEYMILO_GZIP)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME heymilo)
set(CPACK_PACKAGE_VENDOR "The heymilo authors")
# The builder of a package is its maintainer, and sets the name as for any other Debian package.
if(DEFINED ENV{DEBFULLNAME} AND DEFINED ENV{DEBEMAIL})
  set(maintainer "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
else()
  set(maintainer "The heymilo authors <maintainers@heymilo.invalid>")
endif()
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGE_HOMEPAGE_URL "https://heymilo.ai")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
# Where dpkg-shlibdeps finds the library of this build; packages that need it set this below.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}/src")

set(soname_version "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
set(runtime "libheymilo${soname_version}")
set(this_version "(= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")

set(CPACK_DEBIAN_HEYMILO_RUNTIME_PACKAGE_NAME "${runtime}")
set(CPACK_DEBIAN_HEYMILO_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_HEYMILO_RUNTIME_PACKAGE_SHLIBDEPS ON)
# Debian requires a trigger for ldconfig. CPack also adds scripts that call it, unconditionally.
set(made "${PROJECT_BINARY_DIR}/packaging")
file(WRITE "${made}/shlibs" "libheymilo ${soname_version} ${runtime} (>= ${PROJECT_VERSION})\n")
file(WRITE "${made}/triggers" "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_HEYMILO_RUNTIME_PACKAGE_CONTROL_EXTRA "${made}/shlibs" "${made}/triggers")
set(CPACK_COMPONENT_HEYMILO_RUNTIME_DESCRIPTION
"client for the HeyMilo API, shared library
Ingests candidates into the workflow of an AI interviewer, and reports their
status.
.
This package has the shared library.")

set(CPACK_DEBIAN_HEYMILO_DEVELOPMENT_PACKAGE_NAME libheymilo-dev)
set(CPACK_DEBIAN_HEYMILO_DEVELOPMENT_PACKAGE_SECTION libdevel)
# The headers require the same version of nlohmann/json that the library was built with.
string(REPLACE "." ";" json_version "${nlohmann_json_VERSION}")
list(GET json_version 2 json_patch)
math(EXPR json_patch "${json_patch} + 1")
string(REGEX REPLACE "[0-9]+$" "${json_patch}" next_json_version "${nlohmann_json_VERSION}")
string(JOIN ", " CPACK_DEBIAN_HEYMILO_DEVELOPMENT_PACKAGE_DEPENDS
  "${runtime} ${this_version}"
  "nlohmann-json3-dev (>= ${nlohmann_json_VERSION}), nlohmann-json3-dev (<< ${next_json_version}~)"
  "libcurl4-openssl-dev | libcurl-dev"
  "libcpp-httplib-dev"
  "libsqlite3-dev"
  "libpq-dev")
set(CPACK_COMPONENT_HEYMILO_DEVELOPMENT_DESCRIPTION
"client for the HeyMilo API, development files
Ingests candidates into the workflow of an AI interviewer, and reports their
status.
.
This package has the headers, the static libraries (the mock server for tests,
the workflows and the quota in PostgreSQL among them), and what CMake and
pkg-config need.")

set(CPACK_DEBIAN_HEYMILO_TOOLS_PACKAGE_NAME heymilo-tools)
set(CPACK_DEBIAN_HEYMILO_TOOLS_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_HEYMILO_TOOLS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_HEYMILO_TOOLS_PACKAGE_DEPENDS "${runtime} ${this_version}")
set(CPACK_COMPONENT_HEYMILO_TOOLS_DESCRIPTION
"client for the HeyMilo API, programs
Lists candidates, ingests one of them or thousands, each exactly once, keeps
a copy of a posting in SQLite, and mocks the API for tests.")

# The documents of each package, which a plain installation does not need.
set(papers "${PROJECT_SOURCE_DIR}/packaging/debian")
configure_file("${papers}/changelog.in" "${made}/changelog.Debian" @ONLY)
execute_process(COMMAND "${HEYMILO_GZIP}" --best --no-name --stdout "${made}/changelog.Debian"
  OUTPUT_FILE "${made}/changelog.Debian.gz" COMMAND_ERROR_IS_FATAL ANY)
foreach(component IN ITEMS runtime development tools)
  string(TOUPPER "CPACK_DEBIAN_HEYMILO_${component}_PACKAGE_NAME" package)
  set(package "${${package}}")
  install(FILES "${papers}/copyright" "${made}/changelog.Debian.gz"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${package}"
    COMPONENT heymilo_${component} EXCLUDE_FROM_ALL)
  set(override_ldconfig)
  if(component STREQUAL "runtime")
    set(override_ldconfig "# CPack writes these scripts, beside which there is a trigger.
${package}: maintscript-calls-ldconfig")
  endif()
  configure_file("${papers}/lintian-overrides.in" "${made}/overrides/${package}" @ONLY)
  install(FILES "${made}/overrides/${package}"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/lintian/overrides"
    COMPONENT heymilo_${component} EXCLUDE_FROM_ALL)
endforeach()

# CPACK_STRIP_FILES skips static libraries.
foreach(target IN ITEMS heymilo_static heymilo_testing heymilo_workflows heymilo_postgres)
  install(CODE "
    if(CMAKE_INSTALL_DO_STRIP)
      execute_process(COMMAND \"${CMAKE_STRIP}\" --strip-debug
        \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/$<TARGET_FILE_NAME:${target}>\"
        COMMAND_ERROR_IS_FATAL ANY)
    endif()" COMPONENT heymilo_development)
endforeach()

set(CPACK_COMPONENTS_ALL heymilo_runtime heymilo_development heymilo_tools)
include(CPack)
