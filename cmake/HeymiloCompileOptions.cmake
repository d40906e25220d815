# heymilo_compile_options(<target> [TEST]): the compile options of every target of this project. They are set
# on the target: a project that vendors this one is not affected. A TEST omits UndefinedBehaviorSanitizer,
# which doubles its compile time: the sanitizer is for the library.
function(heymilo_compile_options target)
  cmake_parse_arguments(PARSE_ARGV 1 options "TEST" "" "")
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  if(NOT HEYMILO_TOP_LEVEL AND NOT HEYMILO_WARNINGS_AS_ERRORS)
    # Warnings are for this project's own build. A host may have turned others into errors, for example in
    # CMAKE_CXX_FLAGS, which can't be undone in any other way.
    target_compile_options(${target} PRIVATE $<IF:$<BOOL:${MSVC}>,/w,-w>)
  elseif(MSVC)
    target_compile_options(${target} PRIVATE /W4)
  else()
    target_compile_options(${target} PRIVATE
      -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
      -Wold-style-cast -Woverloaded-virtual -Wcast-align -Wformat=2 -Wimplicit-fallthrough
      -Wextra-semi)
  endif()
  if(MSVC)
    # The exported classes have private members of the standard library, and the errors a base from it (C4251,
    # C4275): users of the DLL have the same library anyway.
    target_compile_options(${target} PRIVATE
      /permissive- /utf-8 /bigobj /Zc:__cplusplus /wd4251 /wd4275)
    # std::getenv() and similar functions are standard C++, not deprecated (C4996).
    target_compile_definitions(${target} PRIVATE _CRT_SECURE_NO_WARNINGS)
  endif()
  if(WIN32)  # where libcurl's header includes that of the system
    target_compile_definitions(${target} PRIVATE NOMINMAX WIN32_LEAN_AND_MEAN)
  endif()
  if(HEYMILO_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE $<IF:$<BOOL:${MSVC}>,/WX,-Werror>)
  endif()
  if(HEYMILO_SANITIZE)
    set(sanitizers "${HEYMILO_SANITIZE}")
    if(options_TEST)
      string(REPLACE ",undefined" "" sanitizers "${sanitizers}")
    endif()
    target_compile_options(${target} PRIVATE
      -fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    if(NOT options_TEST AND NOT CMAKE_BUILD_TYPE)  # a build type says itself
      target_compile_options(${target} PRIVATE -O1)  # tests run in a fraction of the time
    endif()
    target_link_options(${target} PUBLIC -fsanitize=${HEYMILO_SANITIZE})
  endif()
endfunction()

# With HEYMILO_CLANG_TIDY, checks each source of the target when it is compiled.
function(heymilo_lint target)
  if(HEYMILO_CLANG_TIDY)
    find_program(HEYMILO_CLANG_TIDY_PROGRAM clang-tidy REQUIRED)
    set_target_properties(${target} PROPERTIES
      CXX_CLANG_TIDY "${HEYMILO_CLANG_TIDY_PROGRAM};--quiet")
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources EXCLUDE REGEX "TARGET_OBJECTS")  # which are checked where they are compiled
    set_source_files_properties(${sources} PROPERTIES
      OBJECT_DEPENDS "${PROJECT_SOURCE_DIR}/.clang-tidy")
  endif()
endfunction()

# With HEYMILO_PRECOMPILE_HEADERS, parses the most common includes once for all files. Without it, the build
# shows whether each file includes what it uses.
function(heymilo_precompile target)
  if(HEYMILO_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} PRIVATE
      <chrono> <functional> <map> <memory> <mutex> <nlohmann/json.hpp> <optional> <string> <vector>)
  endif()
endfunction()

# With HEYMILO_UNITY_BUILD, compiles eight files as one, which takes half the time. Names in the unnamed
# namespaces of the target's files differ: CMAKE_UNITY_BUILD_BATCH_SIZE=0, which compiles all files as one, shows
# those that do not.
function(heymilo_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD "${HEYMILO_UNITY_BUILD}")
  if(HEYMILO_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Warns where a class has a member of a type in an unnamed namespace, unless both are in the file that is
    # compiled: here each file is included by that one.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()
