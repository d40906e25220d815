// The programs with non-blocking descriptors of a parent that reads or writes slowly.

#include <fcntl.h>

#include <chrono>
#include <string>

#include "support/eventually.hpp"
#include "support/example_program.hpp"
#include "support/pipes.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::chrono::seconds kReaderLimit{20};

class SlowReaderTest : public ExampleProgramTest {
 protected:
  static std::string programPath(const std::string& name) {
    return HEYMILO_PROGRAMS_DIR "/" + name;
  }

  TemporaryDirectory directory;
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
};

TEST_F(SlowReaderTest, ANonBlockingOutputGetsEveryByte) {
  server.addPosting("posting-1", 300);
  for (const char* format : {"json", "csv", "table"}) {
    SCOPED_TRACE(format);
    const std::vector<std::string> arguments{"posting-1", "--format", format};
    const std::string expected = run("list_candidates", arguments).out;
    SmallPipe out;
    SmallPipe::makeNonBlocking(out.to);
    RunningProcess process(
        programPath("list_candidates"), arguments, environment, -1, out.to, null);
    out.closeTo();
    EXPECT_TRUE(eventually([&] { return out.full(); }));
    EXPECT_EQ(out.readToEnd(), expected);
    EXPECT_EQ(process.wait(kReaderLimit), 0);
  }
}

TEST_F(SlowReaderTest, ANonBlockingOutputWhoseReaderGoesIsAnError) {
  server.addPosting("posting-1", 300);
  SmallPipe out;
  SmallPipe::makeNonBlocking(out.to);
  RunningProcess process(programPath("list_candidates"),
                         {"posting-1", "--format", "json"},
                         environment,
                         -1,
                         out.to,
                         null);
  out.closeTo();
  EXPECT_TRUE(eventually([&] { return out.full(); }));
  out.closeFrom();
  EXPECT_EQ(process.wait(kReaderLimit), 3);
}

TEST_F(SlowReaderTest, ANonBlockingErrorStreamGetsEveryByte) {
  const std::string expected = run("list_candidates", {"--unheard-of"}).err;
  SmallPipe err;
  const std::string before(SmallPipe::kCapacity, '.');
  err.write(before);
  SmallPipe::makeNonBlocking(err.to);
  RunningProcess process(
      programPath("list_candidates"), {"--unheard-of"}, environment, -1, null, err.to);
  err.closeTo();
  EXPECT_EQ(process.wait(std::chrono::milliseconds{300}), std::nullopt) << "it did not wait";
  EXPECT_EQ(err.readToEnd(), before + expected);
  EXPECT_EQ(process.wait(kReaderLimit), 2);
}

TEST_F(SlowReaderTest, NoInputForNowIsNotTheEndOfIt) {
  for (const char* format : {"ndjson", "csv"}) {
    SCOPED_TRACE(format);
    const bool csv = format == std::string("csv");
    server.addPosting(format);
    SmallPipe in;
    SmallPipe err;
    SmallPipe::makeNonBlocking(in.from);
    RunningProcess process(programPath("bulk_ingest"),
                           {format, "-", "--new-posting", "--format", format},
                           environment,
                           in.from,
                           null,
                           err.to);
    err.closeTo();
    const auto line = [&](int number) {
      const std::string email = "ada" + std::to_string(number) + "@example.com";
      return csv ? "Ada," + email + "\n" : R"({"name":"Ada","email":")" + email + "\"}\n";
    };
    in.write(csv ? "name,email\n" : "\n");
    for (int i = 0; i < 3; ++i) {
      in.write(line(i));
      EXPECT_TRUE(eventually([&] { return in.waiting() == 0; }));
      EXPECT_EQ(process.wait(std::chrono::milliseconds{100}), std::nullopt);
    }
    in.closeFrom();
    in.closeTo();
    EXPECT_THAT(err.readToEnd(), HasSubstr("3 records: 3 ingested"));
    EXPECT_EQ(process.wait(kReaderLimit), 0);
    EXPECT_EQ(server.candidateCount(format), 3u);
  }
}

TEST_F(SlowReaderTest, AReportGoesIntoANonBlockingOutputAsAWhole) {
  std::string lines;
  for (int i = 0; i < 100; ++i) {
    lines += R"({"name":"Ada","email":"ada)" + std::to_string(i) + "@example.com\"}\n";
  }
  SmallPipe in;
  SmallPipe out;
  SmallPipe::makeNonBlocking(out.to);
  RunningProcess process(programPath("bulk_ingest"),
                         {"posting-1", "-", "--new-posting", "--report", "-"},
                         environment,
                         in.from,
                         out.to,
                         null);
  out.closeTo();
  in.closeFrom();
  in.write(lines.substr(0, 3000));
  EXPECT_TRUE(eventually([&] { return in.waiting() == 0; }));
  in.write(lines.substr(3000));
  in.closeTo();
  EXPECT_TRUE(eventually([&] { return out.full(); }));
  EXPECT_EQ(jsonLinesOf(out.readToEnd()).size(), 100u);
  EXPECT_EQ(process.wait(kReaderLimit), 0);
}

}  // namespace
}  // namespace heymilo_test
