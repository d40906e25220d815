#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace heymilo_test {

/// Starts a program as a process of its own, with nothing in its environment but `environment`, an
/// empty standard input, and these descriptors as standard output and error. Throws
/// std::system_error.
pid_t spawn(const std::string& program, std::vector<std::string> arguments,
            const std::map<std::string, std::string>& environment, int out, int err);

}  // namespace heymilo_test
