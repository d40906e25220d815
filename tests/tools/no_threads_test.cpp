// The programs' messages if the system has no thread left.

#include <fstream>
#include <string>
#include <vector>

#include "support/example_program.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class NoThreadsProgram : public ExampleProgramTest {
 protected:
  NoThreadsProgram() { environment["LD_PRELOAD"] = HEYMILO_PROGRAMS_DIR "/no_threads_module.so"; }

  void expectOverload(const std::string& program, const std::vector<std::string>& arguments,
                      int after) {
    SCOPED_TRACE(program + " after " + std::to_string(after));
    environment["NO_THREADS_AFTER"] = std::to_string(after);
    const ChildResult result = run(program, arguments);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err,
                AllOf(HasSubstr("no thread left"),
                      HasSubstr("ulimit -u"),
                      Not(HasSubstr("unexpected")),
                      Not(HasSubstr("--port"))));
    EXPECT_EQ(server.requestCount(), 0u);
  }

  const TemporaryDirectory directory;
};

TEST_F(NoThreadsProgram, EachSaysThatTheMachineHasTooMuchToDo) {
  const std::string people = directory.file("people.ndjson");
  std::ofstream(people) << R"({"name":"Ada","email":"ada@example.com"})" << '\n';
  expectOverload("list_candidates", {"posting-1"}, 0);
  expectOverload(
      "ingest_candidate", {"posting-1", "--name", "Ada", "--email", "ada@example.com"}, 0);
  expectOverload("mirror_candidates", {"posting-1", "--database", directory.file("mirror.db")}, 0);
  expectOverload("bulk_ingest", {"posting-1", people}, 0);
  expectOverload("bulk_ingest", {"posting-1", people}, 1);  // with one that waits for Ctrl-C
  expectOverload("mock_server", {}, 0);
  expectOverload("mock_server", {}, 1);
}

}  // namespace
}  // namespace heymilo_test
