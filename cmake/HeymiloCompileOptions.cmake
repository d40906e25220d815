# heymilo_compile_options(<target> [TEST]): what every target of this project is compiled with. It is
# set on the target, so that a project which vendors this one never sees it. A TEST does without
# UndefinedBehaviorSanitizer, which doubles the time that it takes to compile: it is to look at the
# library.
function(heymilo_compile_options target)
  cmake_parse_arguments(PARSE_ARGV 1 options "TEST" "" "")
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  if(NOT HEYMILO_TOP_LEVEL AND NOT HEYMILO_WARNINGS_AS_ERRORS)
    # Its own build is where warnings are looked at. A host may have made errors of others, in
    # CMAKE_CXX_FLAGS for example, which can't be taken back in any other way.
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
    # The exported classes have private members of the standard library, and the errors a base there
    # (C4251, C4275): who uses the DLL has the same library anyway.
    target_compile_options(${target} PRIVATE
      /permissive- /utf-8 /bigobj /Zc:__cplusplus /wd4251 /wd4275)
    # std::getenv() and its kind are standard C++, not deprecated (C4996).
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
    target_link_options(${target} PUBLIC -fsanitize=${HEYMILO_SANITIZE})
  endif()
endfunction()

# With HEYMILO_CLANG_TIDY, checks each source of the target as it is compiled.
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

# With HEYMILO_PRECOMPILE_HEADERS, parses what most files include once for all of them. Without it,
# each file shows whether it includes what it uses.
function(heymilo_precompile target)
  if(HEYMILO_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} PRIVATE
      <chrono> <functional> <map> <memory> <mutex> <nlohmann/json.hpp> <optional> <string> <vector>)
  endif()
endfunction()
