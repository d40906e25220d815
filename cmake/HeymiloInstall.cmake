include(CMakePackageConfigHelpers)

# A static and a shared copy can be installed next to each other, by one build (HEYMILO_BUILD_STATIC_TOO) or
# by two: each has its own targets file, and heymiloConfig.cmake chooses.
set(heymilo_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/heymilo")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/heymilo"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT heymilo_development
  FILES_MATCHING PATTERN "*.hpp"
  PATTERN "postgres" EXCLUDE
  PATTERN "testing" EXCLUDE
  PATTERN "workflows" EXCLUDE)
install(FILES "${PROJECT_BINARY_DIR}/include/heymilo/export.hpp"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/heymilo" COMPONENT heymilo_development)

# heymilo_install_library(<target> <name of its targets file>)
function(heymilo_install_library target name)
  install(TARGETS ${target} EXPORT heymilo_${name}
    RUNTIME COMPONENT heymilo_runtime
    LIBRARY COMPONENT heymilo_runtime NAMELINK_COMPONENT heymilo_development
    ARCHIVE COMPONENT heymilo_development)
  install(EXPORT heymilo_${name} NAMESPACE heymilo:: FILE heymilo-${name}-targets.cmake
    DESTINATION "${heymilo_package_dir}" COMPONENT heymilo_development)
endfunction()

get_target_property(heymilo_type heymilo TYPE)
if(heymilo_type STREQUAL "STATIC_LIBRARY")
  heymilo_install_library(heymilo core-static)
else()
  heymilo_install_library(heymilo core-shared)
endif()
if(TARGET heymilo_static)
  heymilo_install_library(heymilo_static core-static)
endif()
foreach(name IN ITEMS postgres testing workflows)
  if(TARGET heymilo_${name})
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/heymilo/${name}"
      DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/heymilo" COMPONENT heymilo_development
      FILES_MATCHING PATTERN "*.hpp")
    heymilo_install_library(heymilo_${name} ${name})
  endif()
endforeach()
if(TARGET heymilo_postgres AND NOT TARGET heymilo_workflows)  # the journal's interface
  install(FILES "${PROJECT_SOURCE_DIR}/include/heymilo/workflows/journal.hpp"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/heymilo/workflows" COMPONENT heymilo_development)
endif()
if(TARGET heymilo_testing)
  install(FILES "${PROJECT_SOURCE_DIR}/cmake/Findhttplib.cmake"
    DESTINATION "${heymilo_package_dir}" COMPONENT heymilo_development)
endif()

if(nlohmann_json_VERSION)
  set(heymilo_json_version "${nlohmann_json_VERSION} EXACT")
else()  # the host project's own
  set(heymilo_json_version "${heymilo_minimum_nlohmann_json}")
endif()
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/heymiloConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/cmake/heymiloConfig.cmake"
  INSTALL_DESTINATION "${heymilo_package_dir}"
  NO_SET_AND_CHECK_MACRO)
# While the major version is 0, a new minor version may be incompatible with the previous one.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cmake/heymiloConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/cmake/heymiloConfig.cmake"
  "${PROJECT_BINARY_DIR}/cmake/heymiloConfigVersion.cmake"
  DESTINATION "${heymilo_package_dir}" COMPONENT heymilo_development)

include(HeymiloPkgConfig)
include(HeymiloTools)
