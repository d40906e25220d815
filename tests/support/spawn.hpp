#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace heymilo_test {

/// Starts a program as a separate process, with only `environment` in its environment, these
/// descriptors as standard output and error, and `in` as standard input, which is empty if `in` is
/// less than 0. Throws std::system_error.
pid_t spawn(const std::string& program, std::vector<std::string> arguments,
            const std::map<std::string, std::string>& environment, int out, int err, int in = -1);

}  // namespace heymilo_test
