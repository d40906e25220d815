#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace heymilo_test {

/// Starts a program as a process of its own, with nothing in its environment but `environment`,
/// these descriptors as standard output and error, and `in` as standard input, which is empty where
/// it is less than 0. Throws std::system_error.
pid_t spawn(const std::string& program, std::vector<std::string> arguments,
            const std::map<std::string, std::string>& environment, int out, int err, int in = -1);

}  // namespace heymilo_test
