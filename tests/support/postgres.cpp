#include "support/postgres.hpp"

#include <dirent.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/child_process.hpp"
#include "support/eventually.hpp"

namespace heymilo_test {

namespace fs = std::filesystem;

namespace {

const std::map<std::string, std::string> kEnvironment = {
    {"PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}, {"LC_ALL", "C"}, {"TZ", "UTC"}};

/// Debian keeps each version's programs in a folder of its own, which is not in PATH.
std::string programsOfPostgres() {
  std::vector<std::string> folders;
  std::error_code ignored;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    if (fs::exists(version.path() / "bin" / "initdb")) {
      folders.push_back((version.path() / "bin").string());
    }
  }
  if (!folders.empty()) {
    return *std::max_element(folders.begin(), folders.end());
  }
  for (const char* const folder : {"/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"}) {
    if (fs::exists(fs::path(folder) / "initdb")) {
      return folder;
    }
  }
  throw std::runtime_error("PostgreSQL's initdb is not installed: apt-get install postgresql");
}

std::string pathOf(const std::string& program) {
  for (const char* const folder : {"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"}) {
    if (fs::exists(fs::path(folder) / program)) {
      return (fs::path(folder) / program).string();
    }
  }
  throw std::runtime_error(program + " is not installed");
}

/// Whom to run servers as that refuse root; empty where this is not root.
std::string otherUser() {
  if (geteuid() != 0) {
    return "";
  }
  for (const char* const name : {"postgres", "nobody"}) {
    if (getpwnam(name) != nullptr) {
      return name;
    }
  }
  throw std::runtime_error("there is no user postgres or nobody to run a server as");
}

void giveTo(const std::string& user, const std::string& folder) {
  if (!user.empty()) {
    const passwd* const entry = getpwnam(user.c_str());
    if (chown(folder.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
      throw std::runtime_error("chown " + folder);
    }
  }
}

/// The command as that user, ended when this process is.
std::vector<std::string> as(const std::string& user, std::vector<std::string> command) {
  std::vector<std::string> all = {pathOf("setpriv"), "--pdeathsig", "KILL"};
  if (!user.empty()) {
    all.insert(all.end(), {"--reuid", user, "--regid", user, "--clear-groups"});
    if (const passwd* const entry = getpwnam(user.c_str())) {
      all[6] = std::to_string(entry->pw_gid);
    }
  }
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

std::vector<std::string> rest(const std::vector<std::string>& command) {
  return {command.begin() + 1, command.end()};
}

std::string contentOf(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

PostgresServer::PostgresServer()
    : directory_(std::make_unique<TemporaryDirectory>()),
      programs_(programsOfPostgres()),
      user_(otherUser()) {
  giveTo(user_, directory_->path());
  chmod(directory_->path().c_str(), 0755);
  fs::create_directory(socketDirectory());
  giveTo(user_, socketDirectory());
  run({programs_ + "/initdb",
       "--pgdata",
       directory_->file("data"),
       "--username",
       "heymilo",
       "--auth",
       "trust",
       "--encoding",
       "UTF8",
       "--locale",
       "C",
       "--no-sync",
       "--no-instructions"},
      "initdb");
  start();
  sql("CREATE DATABASE heymilo", "postgres");
}

PostgresServer::~PostgresServer() {
  try {
    if (server_) {
      freeze(false);
      stop(Stop::immediate);
    }
  } catch (const std::exception&) {  // it is killed
  }
}

std::string PostgresServer::url() const {
  return "postgresql://heymilo@/heymilo?host=" + socketDirectory();
}

void PostgresServer::run(std::vector<std::string> command, const std::string& what) const {
  const std::vector<std::string> all = as(user_, std::move(command));
  const ChildResult result = runChild(all.front(), rest(all), kEnvironment);
  if (result.exit_code != 0) {
    throw std::runtime_error(what + ": " + result.out + result.err);
  }
}

void PostgresServer::start() {
  const std::vector<std::string> all = as(user_,
                                          {programs_ + "/postgres",
                                           "-D",
                                           directory_->file("data"),
                                           "-c",
                                           "listen_addresses=",
                                           "-c",
                                           "unix_socket_directories=" + socketDirectory(),
                                           "-c",
                                           "max_connections=60",
                                           "-c",
                                           "shared_buffers=16MB",
                                           "-c",
                                           "fsync=off"});
  server_.emplace(all.front(), rest(all), kEnvironment, directory_->file("log"));
  const bool ready = eventually([&] {
    if (server_->wait(std::chrono::milliseconds{0})) {
      throw std::runtime_error("postgres: " + contentOf(directory_->file("log")));
    }
    return runChild(
               programs_ + "/pg_isready", {"--host", socketDirectory(), "--quiet"}, kEnvironment)
               .exit_code == 0;
  });
  if (!ready) {
    throw std::runtime_error("postgres does not start: " + contentOf(directory_->file("log")));
  }
}

void PostgresServer::stop(Stop how) {
  server_->signal(how == Stop::fast ? SIGINT : SIGQUIT);
  if (!server_->wait(std::chrono::seconds{20})) {
    throw std::runtime_error("postgres does not stop");
  }
  server_.reset();
}

void PostgresServer::freeze(bool on) const {
  // Its processes are its children.
  const std::string children = contentOf("/proc/" + std::to_string(server_->pid()) + "/task/" +
                                         std::to_string(server_->pid()) + "/children");
  std::istringstream pids(children);
  for (pid_t pid = 0; pids >> pid;) {
    kill(pid, on ? SIGSTOP : SIGCONT);
  }
  server_->signal(on ? SIGSTOP : SIGCONT);
}

void PostgresServer::save(const std::string& name) const {
  run({pathOf("cp"), "-a", directory_->file("data"), directory_->file(name)}, "cp");
}

void PostgresServer::restore(const std::string& name) const {
  run({pathOf("rm"), "-rf", directory_->file("data")}, "rm");
  run({pathOf("cp"), "-a", directory_->file(name), directory_->file("data")}, "cp");
}

std::string PostgresServer::sql(std::string_view statements, const std::string& database) const {
  const ChildResult result = runChild(programs_ + "/psql",
                                      {"--no-psqlrc",
                                       "--quiet",
                                       "--tuples-only",
                                       "--no-align",
                                       "--set",
                                       "ON_ERROR_STOP=1",
                                       "--host",
                                       socketDirectory(),
                                       "--username",
                                       "heymilo",
                                       "--dbname",
                                       database,
                                       "--command",
                                       std::string(statements)},
                                      kEnvironment);
  if (result.exit_code != 0) {
    throw std::runtime_error("psql: " + result.err);
  }
  return result.out;
}

namespace {

/// Whether connections to a Unix socket are accepted. Its file is there before that.
bool accepts(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const bool accepted =
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return accepted;
}

}  // namespace

Pgbouncer::Pgbouncer(const PostgresServer& server)
    : directory_(std::make_unique<TemporaryDirectory>()) {
  const std::string user = otherUser();
  giveTo(user, directory_->path());
  std::ofstream(directory_->file("pgbouncer.ini"))
      << "[databases]\nheymilo = host=" << server.socketDirectory()
      << " user=heymilo\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = "
      << directory_->path()
      << "\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = "
         "100\nlogfile =\npidfile =\n";
  chmod(directory_->file("pgbouncer.ini").c_str(), 0644);
  const std::vector<std::string> all =
      as(user, {pathOf("pgbouncer"), "--quiet", directory_->file("pgbouncer.ini")});
  process_.emplace(all.front(), rest(all), kEnvironment, directory_->file("log"));
  if (!eventually([&] { return accepts(directory_->file(".s.PGSQL.6432")); })) {
    throw std::runtime_error("pgbouncer does not start: " + contentOf(directory_->file("log")));
  }
}

std::string Pgbouncer::url() const {
  return "postgresql://heymilo@/heymilo?port=6432&host=" + directory_->path();
}

}  // namespace heymilo_test
