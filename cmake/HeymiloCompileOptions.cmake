set(HEYMILO_SANITIZE "" CACHE STRING "Sanitizers for all targets: 'address,undefined' or 'thread'")

# What every target of this project is compiled with. It is set on the target, so that a project
# which vendors this one never sees it.
function(heymilo_compile_options target)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 /permissive- /utf-8)
  else()
    target_compile_options(${target} PRIVATE
      -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
      -Wold-style-cast -Woverloaded-virtual -Wcast-align -Wformat=2
      -Wimplicit-fallthrough -Wextra-semi)
  endif()
  if(HEYMILO_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE $<IF:$<BOOL:${MSVC}>,/WX,-Werror>)
  endif()
  if(HEYMILO_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${HEYMILO_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${HEYMILO_SANITIZE})
  endif()
endfunction()
