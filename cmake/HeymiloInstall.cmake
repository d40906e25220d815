include(CMakePackageConfigHelpers)

# Static and shared copies can be installed side by side: each has a targets file of its own, and
# heymiloConfig.cmake chooses.
get_target_property(heymilo_type heymilo TYPE)
if(heymilo_type STREQUAL "STATIC_LIBRARY")
  set(heymilo_linkage static)
else()
  set(heymilo_linkage shared)
endif()
set(heymilo_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/heymilo")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/heymilo"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT heymilo_development
  FILES_MATCHING PATTERN "*.hpp"
  PATTERN "testing" EXCLUDE
  PATTERN "workflows" EXCLUDE)
install(FILES "${PROJECT_BINARY_DIR}/include/heymilo/export.hpp"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/heymilo" COMPONENT heymilo_development)
install(TARGETS heymilo EXPORT heymilo_core
  RUNTIME COMPONENT heymilo_runtime
  LIBRARY COMPONENT heymilo_runtime NAMELINK_COMPONENT heymilo_development
  ARCHIVE COMPONENT heymilo_development)
install(EXPORT heymilo_core NAMESPACE heymilo::
  FILE heymilo-core-${heymilo_linkage}-targets.cmake
  DESTINATION "${heymilo_package_dir}" COMPONENT heymilo_development)

# heymilo_install_component(<name>): heymilo_<name>, where it is built, with its headers.
function(heymilo_install_component name)
  if(NOT TARGET heymilo_${name})
    return()
  endif()
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/heymilo/${name}"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/heymilo" COMPONENT heymilo_development
    FILES_MATCHING PATTERN "*.hpp")
  install(TARGETS heymilo_${name} EXPORT heymilo_${name}
    ARCHIVE COMPONENT heymilo_development)
  install(EXPORT heymilo_${name} NAMESPACE heymilo::
    FILE heymilo-${name}-${heymilo_linkage}-targets.cmake
    DESTINATION "${heymilo_package_dir}" COMPONENT heymilo_development)
endfunction()

heymilo_install_component(testing)
heymilo_install_component(workflows)
if(TARGET heymilo_testing)
  install(FILES "${PROJECT_SOURCE_DIR}/cmake/Findhttplib.cmake"
    DESTINATION "${heymilo_package_dir}" COMPONENT heymilo_development)
endif()

if(TARGET mock_server)
  # Finds a shared library of this project wherever the tree is moved to.
  file(RELATIVE_PATH heymilo_lib_from_bin
    "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
  if(APPLE)
    set_target_properties(mock_server PROPERTIES
      INSTALL_RPATH "@loader_path/${heymilo_lib_from_bin}")
  else()
    set_target_properties(mock_server PROPERTIES
      INSTALL_RPATH "$ORIGIN/${heymilo_lib_from_bin}")
  endif()
  install(TARGETS mock_server RUNTIME COMPONENT heymilo_tools)
endif()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/heymiloConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/cmake/heymiloConfig.cmake"
  INSTALL_DESTINATION "${heymilo_package_dir}"
  NO_SET_AND_CHECK_MACRO)
# While the major version is 0, a new minor version may break what was written for the last one.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cmake/heymiloConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/cmake/heymiloConfig.cmake"
  "${PROJECT_BINARY_DIR}/cmake/heymiloConfigVersion.cmake"
  DESTINATION "${heymilo_package_dir}" COMPONENT heymilo_development)
