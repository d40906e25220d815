# What the sources of this project are not compiled with, whatever a host, or who builds it, has set for all
# targets. These are variables of this directory and those below it: a host never sees them.

# Each file has names of its own in an unnamed namespace, and files have the same ones: several can't be
# compiled as one.
set(CMAKE_UNITY_BUILD OFF)

# Nothing here is for Qt's tools to look at.
foreach(tool IN ITEMS MOC RCC UIC)
  set(CMAKE_AUTO${tool} OFF)
endforeach()

if(NOT HEYMILO_TOP_LEVEL)
  # How a host checks its own sources is not how these are checked.
  foreach(checker IN ITEMS CLANG_TIDY CPPCHECK CPPLINT INCLUDE_WHAT_YOU_USE)
    set(CMAKE_CXX_${checker} "")
  endforeach()
  set(CMAKE_LINK_WHAT_YOU_USE OFF)
  set(CMAKE_COMPILE_WARNING_AS_ERROR OFF)
  # Folders that the host would then find headers in, which are not the API.
  set(CMAKE_INCLUDE_CURRENT_DIR OFF)
  set(CMAKE_INCLUDE_CURRENT_DIR_IN_INTERFACE OFF)
endif()
