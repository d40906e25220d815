"""Conan 2 recipe: conan create ."""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir

required_conan_version = ">=2.4"


class HeymiloConan(ConanFile):
    name = "heymilo"
    description = "C++ client for the HeyMilo API"
    license = "MIT"
    homepage = "https://heymilo.ai"
    topics = ("heymilo", "rest", "client")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "fPIC": [True, False],
        "testing": [True, False],
        "workflows": [True, False],
        "postgres": [True, False],
        "with_simdjson": [True, False],
    }
    default_options = {
        "shared": False,
        "fPIC": True,
        "testing": True,
        "workflows": True,
        "postgres": False,
        "with_simdjson": False,
    }
    implements = ["auto_shared_fpic"]
    test_package_folder = "packaging/conan/test_package"
    exports_sources = "CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*"

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "include/heymilo/version.hpp"))
        self.version = ".".join(re.findall(r"#define HEYMILO_VERSION_\w+ (\d+)", text))

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        # In the public headers, and linked only with the version that it was built with.
        self.requires("nlohmann_json/3.11.3", transitive_headers=True)
        self.requires("libcurl/[>=7.81 <9]")
        if self.options.with_simdjson:
            self.requires("simdjson/[>=3.0 <5]")
        if self.options.testing:
            self.requires("cpp-httplib/[>=0.10 <1]")
        if self.options.workflows:
            self.requires("sqlite3/[>=3.34 <4]")
        if self.options.postgres:
            self.requires("libpq/[>=13 <18]")

    def validate(self):
        check_min_cppstd(self, 17)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["HEYMILO_BUILD_TESTING"] = bool(self.options.testing)
        toolchain.cache_variables["HEYMILO_BUILD_WORKFLOWS"] = bool(self.options.workflows)
        toolchain.cache_variables["HEYMILO_BUILD_POSTGRES"] = bool(self.options.postgres)
        toolchain.cache_variables["HEYMILO_WITH_SIMDJSON"] = bool(self.options.with_simdjson)
        for off in ("BUILD_TESTS", "BUILD_TOOLS", "BUILD_EXAMPLES", "WARNINGS_AS_ERRORS"):
            toolchain.cache_variables["HEYMILO_" + off] = False
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "heymilo")

        core = self.cpp_info.components["core"]
        core.set_property("cmake_target_name", "heymilo::heymilo")
        core.set_property("pkg_config_name", "heymilo")
        core.libs = ["heymilo"]
        core.requires = ["nlohmann_json::nlohmann_json", "libcurl::libcurl"]
        if self.options.with_simdjson:
            core.requires.append("simdjson::simdjson")
        if not self.options.shared:
            core.defines = ["HEYMILO_STATIC_DEFINE"]
        parts = {
            "testing": "cpp-httplib::cpp-httplib",
            "workflows": "sqlite3::sqlite3",
            "postgres": "libpq::libpq",
        }
        for name, needs in parts.items():
            if self.options.get_safe(name):
                part = self.cpp_info.components[name]
                part.set_property("cmake_target_name", "heymilo::" + name)
                part.set_property("pkg_config_name", "heymilo-" + name)
                part.libs = ["heymilo_" + name]
                part.requires = ["core", needs]
        system_libs = {"Linux": ["pthread"], "FreeBSD": ["pthread"], "Windows": ["ws2_32"]}
        for component in self.cpp_info.components.values():
            component.system_libs = system_libs.get(str(self.settings.os), [])
