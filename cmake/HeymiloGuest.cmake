# Disables global compile settings that a host or a user may have set, for this project's sources. These are
# variables of this directory and below: the host is not affected.

# Files have unnamed namespaces with equal names: several files can't be compiled as one.
set(CMAKE_UNITY_BUILD OFF)

# Qt's tools have nothing to process here.
foreach(tool IN ITEMS MOC RCC UIC)
  set(CMAKE_AUTO${tool} OFF)
endforeach()

if(NOT HEYMILO_TOP_LEVEL)
  # The host's code checks do not apply to these sources.
  foreach(checker IN ITEMS CLANG_TIDY CPPCHECK CPPLINT INCLUDE_WHAT_YOU_USE)
    set(CMAKE_CXX_${checker} "")
  endforeach()
  set(CMAKE_LINK_WHAT_YOU_USE OFF)
  set(CMAKE_COMPILE_WARNING_AS_ERROR OFF)
  # Directories that the host would then search for headers, which are not the API.
  set(CMAKE_INCLUDE_CURRENT_DIR OFF)
  set(CMAKE_INCLUDE_CURRENT_DIR_IN_INTERFACE OFF)
endif()
