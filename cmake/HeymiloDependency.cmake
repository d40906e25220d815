# heymilo_dependency(<package> [CONFIG] TARGET <target>
#                    DEBIAN <package> FEDORA <package> BREW <formula> VCPKG <port>)
# Provides <target>: the host project's existing one, or one from find_package, or a downloaded one if
# HEYMILO_FETCH_DEPS is on. Otherwise reports what to install. The minimum versions are in
# HeymiloMinimums.cmake. With CONFIG, CMake's own find module is not used.
#
# A macro: the variables set by find_package stay visible.
macro(heymilo_dependency package)
  cmake_parse_arguments(dependency "" "TARGET;DEBIAN;FEDORA;BREW;VCPKG" "" ${ARGN})
  if(NOT TARGET ${dependency_TARGET})
    # A static library passes its dependencies on to its users, which may be in a directory above this one,
    # where an imported target is only visible if it is global. The variable makes it global from CMake 3.24
    # on, the property in older versions.
    set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
    find_package(${package} ${heymilo_minimum_${package}} ${dependency_UNPARSED_ARGUMENTS} QUIET)
    # Some packages refuse a newer major version (curl 8 for 7.81) or minor version (simdjson 3.12 for 3.0),
    # although it is suitable. It is therefore requested again by its own version, in the same place.
    set(dependency_versions "${${package}_CONSIDERED_VERSIONS}")
    set(dependency_configs "${${package}_CONSIDERED_CONFIGS}")
    foreach(dependency_version dependency_config IN ZIP_LISTS dependency_versions dependency_configs)
      if(NOT TARGET ${dependency_TARGET} AND dependency_version MATCHES "^[0-9.]+"
          AND NOT dependency_version VERSION_LESS "${heymilo_minimum_${package}}")
        get_filename_component(dependency_config "${dependency_config}" DIRECTORY)
        set(${package}_DIR "${dependency_config}" CACHE PATH "The folder of its CMake package" FORCE)
        find_package(${package} ${dependency_version} EXACT ${dependency_UNPARSED_ARGUMENTS} QUIET)
      endif()
    endforeach()
    if(NOT TARGET ${dependency_TARGET} AND HEYMILO_FETCH_DEPS)
      heymilo_fetch(${package})
    endif()
    if(NOT TARGET ${dependency_TARGET})
      set(dependency_hint)
      set(dependency_wanted "${package}")
      if(heymilo_minimum_${package})
        set(dependency_wanted "${package} ${heymilo_minimum_${package}} or later")
      endif()
      set(dependency_found "which was not found")
      if(dependency_versions)
        list(JOIN dependency_versions ", " dependency_found)
        set(dependency_found "and only ${dependency_found} was found")
      endif()
      if(HEYMILO_FETCH_DEPS)
        set(dependency_hint "\nHEYMILO_FETCH_DEPS does not download it: use your system's package, which "
          "gets security updates.")
      elseif(DEFINED heymilo_fetch_${package}_URL)
        set(dependency_hint "\nor download it: -DHEYMILO_FETCH_DEPS=ON")
      endif()
      message(FATAL_ERROR
        "heymilo needs ${dependency_wanted}, ${dependency_found}. Install it:\n"
        "  Debian, Ubuntu  apt-get install ${dependency_DEBIAN}\n"
        "  Fedora          dnf install ${dependency_FEDORA}\n"
        "  macOS           brew install ${dependency_BREW}\n"
        "  vcpkg           vcpkg install ${dependency_VCPKG}\n"
        "or add the place where it is to CMAKE_PREFIX_PATH." ${dependency_hint})
    endif()
    get_target_property(dependency_imported ${dependency_TARGET} IMPORTED)
    if(dependency_imported AND CMAKE_VERSION VERSION_LESS 3.24)
      set_target_properties(${dependency_TARGET} PROPERTIES IMPORTED_GLOBAL ON)
    endif()
  endif()
endmacro()
