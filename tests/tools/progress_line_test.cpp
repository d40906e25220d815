#include "support/progress_line.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/example_program.hpp"
#include "support/running_process.hpp"
#include "support/screen.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using support::ProgressLine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Rows = std::vector<std::string>;

/// A terminal: the text written to `slave` is shown on the screen.
class Terminal {
 public:
  Terminal(std::size_t width, Screen::Resize resize) : screen_(width, resize) {
    grantpt(master);
    unlockpt(master);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    setSize(width);
  }
  ~Terminal() {
    close(slave);
    close(master);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Like a window: earlier output is on the screen by then.
  void resize(std::size_t width) {
    readWhatIsThere();
    screen_.resize(width);
    setSize(width);
  }

  Rows rows() {
    readWhatIsThere();
    EXPECT_EQ(screen_.unheardOf(), "");
    return screen_.rows();
  }

  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  int slave = -1;

 private:
  void setSize(std::size_t width) const {
    winsize size{};
    size.ws_col = static_cast<unsigned short>(width);
    size.ws_row = 24;
    ioctl(slave, TIOCSWINSZ, &size);
  }

  void readWhatIsThere() {
    pollfd wanted{master, POLLIN, 0};
    char bytes[4096];
    while (poll(&wanted, 1, 0) > 0 && (wanted.revents & POLLIN) != 0) {
      const ssize_t count = read(master, bytes, sizeof bytes);
      if (count <= 0) {
        return;
      }
      screen_.write({bytes, static_cast<std::size_t>(count)});
    }
  }

  Screen screen_;
};

/// Standard error of this process goes to a terminal.
class ProgressLineTest : public ::testing::TestWithParam<Screen::Resize> {
 protected:
  ProgressLineTest() {
    setenv("TERM", "xterm", 1);
    unsetenv("COLUMNS");
    dup2(terminal.slave, STDERR_FILENO);
  }
  ~ProgressLineTest() override {
    dup2(saved, STDERR_FILENO);
    close(saved);
  }

  const int saved = dup(STDERR_FILENO);
  Terminal terminal{80, GetParam()};
  const std::string text = "1,200 of 5,000 read, 1,100 new, 100 changed, 12 requests, 02:10 left";
};

TEST_P(ProgressLineTest, IsOneRowAndGoesWithTheObject) {
  {
    ProgressLine line(false);
    EXPECT_TRUE(line.visible());
    line.show(text);
    line.show("short");
    EXPECT_THAT(terminal.rows(), ElementsAre("short"));
    line.show(text);
    EXPECT_THAT(terminal.rows(), ElementsAre(text));
  }
  EXPECT_THAT(terminal.rows(), IsEmpty());
}

TEST_P(ProgressLineTest, LeavesNothingWhereTheTerminalBecomesNarrower) {
  {
    ProgressLine line(false);
    for (const std::size_t width : std::vector<std::size_t>{80, 60, 41, 20, 7, 2, 1, 30, 120, 40}) {
      terminal.resize(width);
      line.show(text);
      EXPECT_THAT(terminal.rows().size(), ::testing::Le(1u)) << width;
      line.show(text);
      EXPECT_THAT(terminal.rows().size(), ::testing::Le(1u)) << width;
    }
  }
  EXPECT_THAT(terminal.rows(), IsEmpty());
}

TEST_P(ProgressLineTest, LeavesNothingWhereItIsClearedWithoutBeingShownAnew) {
  {
    ProgressLine line(false);
    line.show(text);
    terminal.resize(20);
  }
  EXPECT_THAT(terminal.rows(), IsEmpty());
}

TEST_P(ProgressLineTest, IsNotWrappedWhereTheTerminalBecomesNarrowerWhileItIsWritten) {
  ProgressLine line(false);
  Screen narrower(30, GetParam());  // than TIOCGWINSZ had said
  line.show(text);
  char bytes[4096];
  const ssize_t count = read(terminal.master, bytes, sizeof bytes);
  narrower.write({bytes, static_cast<std::size_t>(count)});
  EXPECT_EQ(narrower.rows().size(), 1u);
  narrower.write(support::clearProgressLine());
  EXPECT_THAT(narrower.rows(), IsEmpty());
  narrower.write("x\r\n" + std::string(31, 'y'));
  EXPECT_THAT(narrower.rows(), ElementsAre("x", std::string(30, 'y'), "y")) << "it wraps as before";
}

TEST_P(ProgressLineTest, CutsWideSignsToTheWidth) {
  ProgressLine line(false);
  for (const std::size_t width : std::vector<std::size_t>{80, 21, 20, 3, 2}) {
    terminal.resize(width);
    line.show("王小明王小明王小明王小明王小明");
    EXPECT_THAT(terminal.rows().size(), ::testing::Le(1u)) << width;
  }
  terminal.resize(10);
  line.show("王小明王小明");
  EXPECT_THAT(terminal.rows(), ElementsAre("王小明王…"));
}

TEST_P(ProgressLineTest, AsksTheTerminalAndNotAnOldColumns) {
  setenv("COLUMNS", "200", 1);
  ProgressLine line(false);
  terminal.resize(30);
  line.show(text);
  EXPECT_THAT(terminal.rows(), ElementsAre("1,200 of 5,000 read, 1,100 n…"));
  unsetenv("COLUMNS");
}

INSTANTIATE_TEST_SUITE_P(Each, ProgressLineTest,
                         ::testing::Values(Screen::Resize::wraps_anew, Screen::Resize::cuts_off),
                         [](const auto& tested) {
                           return tested.param == Screen::Resize::wraps_anew ? "WrapsAnew"
                                                                             : "CutsOff";
                         });

using ProgressOfPrograms = ExampleProgramTest;

TEST_F(ProgressOfPrograms, IsGoneInTheEndHoweverTheTerminalChanged) {
  server.addPosting("posting-1", 2000);
  server.respondNext(
      "listCandidates",
      ScriptedResponse::asUsual().delayedBy(std::chrono::milliseconds{40}).times(99));
  environment["TERM"] = "xterm";
  for (const Screen::Resize resize : {Screen::Resize::wraps_anew, Screen::Resize::cuts_off}) {
    const TemporaryDirectory directory;
    Terminal terminal(80, resize);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    RunningProcess process(HEYMILO_PROGRAMS_DIR "/mirror_candidates",
                           {"posting-1", "--database", directory.file("mirror.db"), "--full"},
                           environment,
                           null,
                           null,
                           terminal.slave);
    close(null);
    std::size_t changes = 0;
    std::optional<int> ended;
    for (Rows before; !ended; ended = process.wait(std::chrono::milliseconds{1})) {
      const Rows now = terminal.rows();
      if (!now.empty() && now != before) {
        terminal.resize(++changes % 2 == 1 ? 25 : 80);
        before = now;
      }
    }
    EXPECT_EQ(ended, 0);
    EXPECT_GE(changes, 2u);
    EXPECT_THAT(terminal.rows(), IsEmpty());
  }
}

}  // namespace
}  // namespace heymilo_test
