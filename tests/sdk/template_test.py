"""The template, copied out of the installed SDK, builds with each compiler, language and build system, keeps every
promise, and its samples arrive."""
import shutil

from installed import Installed, main, run


class Template(Installed):
    def build(self, system, compiler, language, check):
        self.need(compiler, system, "ninja")
        folder = self.root / f"my {system} {compiler} {language}"
        shutil.copytree(self.sdk / "share/caukham/sdk/template", folder)
        environment = dict(self.environment, CHECK="yes" if check else "no")
        said = self.must(["ci/build.sh", str(self.sdk), system, compiler, language], cwd=folder, env=environment)
        # Two seconds of 100 samples a second, from the device model, through the plugin host, into the hub.
        line = next(line for line in said.splitlines() if line.startswith("sum "))
        samples = int(line.split("pulse: ")[1].split(" samples")[0])
        self.assertGreaterEqual(samples, 150, said)
        self.assertIn(" 0 lost", line)
        self.assertIn("SIMULATED", said)
        self.assertIn("param    invert = 0", said)

    def test_it_builds_with_meson_and_gcc_in_cpp_and_passes_the_validator(self):
        self.build("meson", "gcc", "cpp", True)

    def test_it_builds_with_cmake_and_clang_in_c_and_passes_the_validator(self):
        self.build("cmake", "clang", "c", True)

    def test_it_builds_with_every_other_pair(self):
        for system, compiler, language in [("meson", "gcc", "c"), ("meson", "clang", "cpp"), ("meson", "clang", "c"),
                                           ("cmake", "gcc", "cpp"), ("cmake", "gcc", "c"), ("cmake", "clang", "cpp")]:
            with self.subTest(system=system, compiler=compiler, language=language):
                self.build(system, compiler, language, False)

    def test_the_version_file_refuses_a_newer_sdk(self):
        self.need("cmake")
        folder = self.root / "newer"
        folder.mkdir()
        for wanted, code in [("1.0", 0), ("1.9", 1), ("2.0", 1)]:
            (folder / "CMakeLists.txt").write_text(
                "cmake_minimum_required(VERSION 3.20)\nproject(x LANGUAGES NONE)\n"
                f"find_package(caukham-sdk {wanted} REQUIRED)\n")
            got, said = run(["cmake", "-S", str(folder), "-B", str(folder / wanted), f"-DCMAKE_PREFIX_PATH={self.sdk}"],
                            env=self.environment)
            self.assertEqual(got, code, said)


if __name__ == "__main__":
    main()
