# heymilo_dependency(<package> [<version> [ANY_MAJOR]] TARGET <target>
#                    DEBIAN <package> FEDORA <package> BREW <formula> VCPKG <port>)
# Makes <target> available: the one that the host project has already, or what find_package knows, or
# what is downloaded where HEYMILO_FETCH_DEPS allows it. Otherwise says what to install.
#
# ANY_MAJOR: later major versions are as good. CMake packages of some (libcurl's, as vcpkg has it, and all that
# Conan makes) say that they are not, so the version is not handed on to them, but compared here.
#
# A macro, so that what find_package sets stays visible.
macro(heymilo_dependency package)
  cmake_parse_arguments(dependency "ANY_MAJOR" "TARGET;DEBIAN;FEDORA;BREW;VCPKG" "" ${ARGN})
  if(NOT TARGET ${dependency_TARGET})
    # A static library hands its dependencies on to whoever links it, and that may be in a directory
    # above this one, where an imported target is seen only if it is global. The variable does that
    # from CMake 3.24 on, the property for older ones.
    set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
    if(dependency_ANY_MAJOR)
      find_package(${package} QUIET)
      set(dependency_version "${${package}_VERSION}")
      if(NOT dependency_version)
        set(dependency_version "${${package}_VERSION_STRING}")
      endif()
      if(dependency_version AND dependency_version VERSION_LESS "${dependency_UNPARSED_ARGUMENTS}")
        message(FATAL_ERROR "heymilo needs ${package} ${dependency_UNPARSED_ARGUMENTS} or later, and what "
          "was found is ${dependency_version}. Add the place of a later one to CMAKE_PREFIX_PATH.")
      endif()
    else()
      find_package(${package} ${dependency_UNPARSED_ARGUMENTS} QUIET)
    endif()
    if(NOT TARGET ${dependency_TARGET} AND HEYMILO_FETCH_DEPS)
      heymilo_fetch(${package})
    endif()
    if(NOT TARGET ${dependency_TARGET})
      set(dependency_hint)
      if(HEYMILO_FETCH_DEPS)
        set(dependency_hint "\nHEYMILO_FETCH_DEPS does not bring it: it should be your system's, which "
          "keeps it up to date.")
      elseif(DEFINED heymilo_fetch_${package}_URL)
        set(dependency_hint "\nor let it be downloaded: -DHEYMILO_FETCH_DEPS=ON")
      endif()
      message(FATAL_ERROR
        "heymilo needs ${package} ${dependency_UNPARSED_ARGUMENTS}, which was not found. Install it:\n"
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
