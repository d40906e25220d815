import os

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout


class HeymiloTestConan(ConanFile):
    settings = "os", "arch", "compiler", "build_type"

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires(self.tested_reference_str)

    def components(self):
        options = self.dependencies["heymilo"].options
        return [name for name in ("testing", "workflows") if options.get_safe(name)]

    def generate(self):
        toolchain = CMakeToolchain(self)
        for name in self.components():
            toolchain.cache_variables["WITH_" + name.upper()] = True
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        if can_run(self):
            programs = {"testing": "mock_server", "workflows": "workflows"}
            for program in ["client"] + [programs[name] for name in self.components()]:
                self.run(os.path.join(self.cpp.build.bindir, program), env="conanrun")
