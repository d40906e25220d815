# Toolchain file: builds for Windows (x86-64) with Debian's mingw-w64 and runs the programs in Wine.
# Everything is linked statically: an .exe can be copied anywhere. scripts/mingw-dependencies.sh builds the
# required libraries; the preset "mingw" sets their location.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(triplet x86_64-w64-mingw32)
# Only the variant with POSIX threads has std::thread.
set(CMAKE_C_COMPILER ${triplet}-gcc-posix)
set(CMAKE_CXX_COMPILER ${triplet}-g++-posix)
set(CMAKE_RC_COMPILER ${triplet}-windres)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(ZLIB_USE_STATIC_LIBS ON)

# The build machine's headers and libraries are not for Windows.
set(CMAKE_FIND_ROOT_PATH /usr/${triplet})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind IN ITEMS LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
list(APPEND CMAKE_FIND_ROOT_PATH "$ENV{HEYMILO_MINGW_PREFIX}")

find_program(HEYMILO_WINE NAMES wine64 wine PATHS /usr/lib/wine)
mark_as_advanced(HEYMILO_WINE)
if(HEYMILO_WINE)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${HEYMILO_WINE}")
endif()
