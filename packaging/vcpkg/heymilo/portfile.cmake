# An overlay port of this working copy: packaging/vcpkg/try.sh, or
#   vcpkg install heymilo --editable --overlay-ports=packaging/vcpkg
# --editable, since vcpkg does not see when the sources change, and would take a package from its cache. For
# the registry, SOURCE_PATH comes from vcpkg_from_github() with the tag and SHA512 of a release.
get_filename_component(SOURCE_PATH "${CURRENT_PORT_DIR}/../../.." ABSOLUTE)

vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS
    FEATURES
        postgres HEYMILO_BUILD_POSTGRES
        simdjson HEYMILO_WITH_SIMDJSON
        testing HEYMILO_BUILD_TESTING
        workflows HEYMILO_BUILD_WORKFLOWS
)

vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        ${FEATURE_OPTIONS}
        -DHEYMILO_BUILD_TESTS=OFF
        -DHEYMILO_BUILD_TOOLS=OFF -DHEYMILO_BUILD_EXAMPLES=OFF
        -DHEYMILO_WARNINGS_AS_ERRORS=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/heymilo)
vcpkg_fixup_pkgconfig()
vcpkg_copy_pdbs()

file(REMOVE_RECURSE
    "${CURRENT_PACKAGES_DIR}/debug/include"
    "${CURRENT_PACKAGES_DIR}/debug/share"
)
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
