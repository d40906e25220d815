# Installs the programs, each as heymilo-<name> with hyphens: bin directories are shared with other software.
# With help2man, the manual pages are generated from the programs' --help.

find_program(HEYMILO_HELP2MAN help2man)
mark_as_advanced(HEYMILO_HELP2MAN)

# Finds a shared library of this project relative to the program. In /usr the system finds it.
file(RELATIVE_PATH heymilo_lib_from_bin "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(heymilo_rpath)
elseif(APPLE)
  set(heymilo_rpath "@loader_path/${heymilo_lib_from_bin}")
else()
  set(heymilo_rpath "$ORIGIN/${heymilo_lib_from_bin}")
endif()

set(list_candidates_does "list the candidates of a HeyMilo posting")
set(ingest_candidate_does "ingest one candidate into a HeyMilo posting")
set(bulk_ingest_does "ingest a file of people into a HeyMilo posting, each exactly once")
set(mirror_candidates_does "keep a copy of the candidates of a HeyMilo posting, in SQLite or PostgreSQL")
set(mirror_report_does "make an HTML page of the candidates of a HeyMilo posting, from their copy")
set(mock_server_does "mock the HeyMilo API, for tests")
set(quota_status_does "show who shares the quota of a HeyMilo API key")
set(deliver_does "ingest the people in an outbox into HeyMilo postings, each exactly once")
set(verify_does "compare a HeyMilo posting with the journal of its ingestion")
foreach(program IN ITEMS list_candidates ingest_candidate bulk_ingest deliver verify
    mirror_candidates mirror_report mock_server quota_status)
  if(NOT TARGET ${program})
    continue()
  endif()
  # Not the program itself, which would need another name in the build tree: its objects, linked again.
  string(REPLACE "_" "-" tool "heymilo-${program}")
  add_executable(${tool} $<TARGET_OBJECTS:${program}>)
  get_target_property(libraries ${program} LINK_LIBRARIES)
  target_link_libraries(${tool} PRIVATE ${libraries})
  set_target_properties(${tool} PROPERTIES
    LINKER_LANGUAGE CXX
    INSTALL_RPATH "${heymilo_rpath}")
  heymilo_compile_options(${tool})
  install(TARGETS ${tool} RUNTIME COMPONENT heymilo_tools)

  if(HEYMILO_HELP2MAN AND NOT CMAKE_CROSSCOMPILING)
    set(page "${PROJECT_BINARY_DIR}/man/${tool}.1")
    add_custom_command(OUTPUT "${page}.gz"
      COMMAND "${HEYMILO_HELP2MAN}" --no-info --name "${${program}_does}"
        --manual "HeyMilo" --source "heymilo ${PROJECT_VERSION}"
        --output "${page}" "$<TARGET_FILE:${tool}>"
      COMMAND gzip --best --no-name --force "${page}"
      DEPENDS ${tool} VERBATIM)
    list(APPEND pages "${page}.gz")
    install(FILES "${page}.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT heymilo_tools)
  endif()
endforeach()
if(pages)
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/man")
  add_custom_target(heymilo_manual_pages ALL DEPENDS ${pages})
endif()

