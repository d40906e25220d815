#pragma once

#include <memory>
#include <string>

#include "heymilo/workflows/mirror_figures.hpp"

namespace heymilo::workflows {

/// Reads the figures of a mirror in an SQLite file: see SqliteMirror. The file is opened for
/// reading. While no other program has it open, nothing is made next to it; and a run never waits
/// for a reader, but to overwrite who was erased (see SqliteMirror).
///
/// Throws InvalidArgumentError if there is no such file, or SQLite would not open a file by this
/// name, and StoreError if the file is not a mirror.
std::shared_ptr<MirrorReader> sqliteMirrorReader(const std::string& file);

}  // namespace heymilo::workflows
