# A vendored heymilo must not change its host's settings, and adds nothing but its target.

set(house_variables
  BUILD_SHARED_LIBS BUILD_TESTING CMAKE_BUILD_TYPE CMAKE_CXX_EXTENSIONS CMAKE_CXX_FLAGS
  CMAKE_AUTOMOC CMAKE_COMPILE_WARNING_AS_ERROR CMAKE_CXX_CLANG_TIDY CMAKE_CXX_STANDARD
  CMAKE_CXX_VISIBILITY_PRESET CMAKE_FIND_PACKAGE_TARGETS_GLOBAL CMAKE_INCLUDE_CURRENT_DIR
  CMAKE_MODULE_PATH CMAKE_POSITION_INDEPENDENT_CODE CMAKE_UNITY_BUILD)
set(house_properties
  COMPILE_DEFINITIONS COMPILE_OPTIONS INCLUDE_DIRECTORIES LINK_LIBRARIES LINK_OPTIONS)

# The host's settings, as text, in <result>.
function(describe_house result)
  set(text)
  foreach(variable IN LISTS house_variables)
    string(APPEND text "${variable}=${${variable}}\n")
  endforeach()
  foreach(property IN LISTS house_properties)
    get_property(value DIRECTORY PROPERTY ${property})
    string(APPEND text "${property}=${value}\n")
  endforeach()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

macro(remember_house)
  describe_house(house_before)
endmacro()

# All values of a directory property in <directory> and below.
function(collect_property result directory property)
  get_property(values DIRECTORY "${directory}" PROPERTY ${property})
  get_property(subdirectories DIRECTORY "${directory}" PROPERTY SUBDIRECTORIES)
  foreach(subdirectory IN LISTS subdirectories)
    collect_property(below "${subdirectory}" ${property})
    list(APPEND values ${below})
  endforeach()
  set(${result} "${values}" PARENT_SCOPE)
endfunction()

function(expect_equal what found expected)
  if(NOT "${found}" STREQUAL "${expected}")
    message(FATAL_ERROR "${what}\n  expected: ${expected}\n  found: ${found}")
  endif()
endfunction()

function(check_guest directory)
  describe_house(house_after)
  expect_equal("The host's settings" "${house_after}" "${house_before}")

  collect_property(targets "${directory}" BUILDSYSTEM_TARGETS)
  expect_equal("The targets" "${targets}" "heymilo_base;heymilo")
  collect_property(tests "${directory}" TESTS)
  expect_equal("The tests" "${tests}" "")

  get_property(house_options DIRECTORY PROPERTY COMPILE_OPTIONS)
  foreach(target IN LISTS targets)
    get_target_property(options ${target} COMPILE_OPTIONS)
    list(REMOVE_ITEM options ${house_options} NOTHING)
    if(options MATCHES "Werror")
      message(FATAL_ERROR "Warnings are errors in a vendored copy: ${options}")
    endif()
  endforeach()
  get_target_property(options heymilo INTERFACE_COMPILE_OPTIONS)
  expect_equal("Options handed on to the host" "${options}" "options-NOTFOUND")

  # The host installs nothing: everything that is installed is from the vendored copy.
  file(WRITE "${CMAKE_BINARY_DIR}/expect_nothing_installed.cmake" "
    execute_process(COMMAND \"${CMAKE_COMMAND}\" --install \"${CMAKE_BINARY_DIR}\"
                            --prefix \"${CMAKE_BINARY_DIR}/installed\" RESULT_VARIABLE result)
    file(GLOB_RECURSE files \"${CMAKE_BINARY_DIR}/installed/*\")
    if(result OR files)
      message(FATAL_ERROR \"A vendored copy installs: \${files}\")
    endif()")
  enable_testing()
  add_test(NAME nothing_installed
    COMMAND "${CMAKE_COMMAND}" -P "${CMAKE_BINARY_DIR}/expect_nothing_installed.cmake")
endfunction()
