#include "support/output.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>

#include "support/example_program.hpp"
#include "support/temporary_directory.hpp"

namespace {

bool closing_fails = false;

}  // namespace

/// Replaces the C library's close(): of a file system that reports a full disk only on closing.
extern "C" int close(int descriptor) {
  const auto closed = static_cast<int>(syscall(SYS_close, descriptor));
  if (closing_fails) {
    errno = ENOSPC;
    return -1;
  }
  return closed;
}

namespace heymilo_test {
namespace {

using support::Output;
using support::OutputError;
using ::testing::HasSubstr;

/// Redirects this process's standard output to a file.
class OutputTest : public ::testing::Test {
 protected:
  OutputTest() {
    const int to = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    dup2(to, STDOUT_FILENO);
    close(to);
  }
  ~OutputTest() override {
    closing_fails = false;
    dup2(saved, STDOUT_FILENO);
    close(saved);
  }

  std::string contents() const {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TemporaryDirectory directory;
  const std::string file = directory.file("output");
  const int saved = dup(STDOUT_FILENO);
};

TEST_F(OutputTest, HandsOverWhatIsFlushed) {
  Output output;
  output.write("a\n");
  EXPECT_FALSE(output.delivered());
  EXPECT_EQ(contents(), "");
  output.flush();
  EXPECT_TRUE(output.delivered());
  output.write("b\n");
  output.finish();
  EXPECT_EQ(contents(), "a\nb\n");
}

TEST_F(OutputTest, TellsWhatIsToldOnlyAtClosing) {
  Output output;
  output.write("a\n");
  output.flush();
  closing_fails = true;
  try {
    output.finish();
    ADD_FAILURE() << "no error";
  } catch (const OutputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("can't write to standard output: No space left on device"));
  }
}

TEST_F(OutputTest, KnowsBeforeThatNothingCanBeWritten) {
  EXPECT_NO_THROW(Output::check());
  const int to = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  dup2(to, STDOUT_FILENO);
  close(to);
  EXPECT_THROW(Output::check(), OutputError);
  close(STDOUT_FILENO);
  EXPECT_THROW(Output::check(), OutputError);
}

}  // namespace
}  // namespace heymilo_test
