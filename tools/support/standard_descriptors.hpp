#pragma once

namespace support {

/// Opens those of standard input, output and error that the process was started without. Otherwise
/// a file opened later would get their numbers and the text written to them. Using them fails as it
/// does with closed ones: input is write-only, output and error are read-only. To be called before
/// anything else is opened. Ends the process with exit code 1 on failure.
void fillStandardDescriptors() noexcept;

}  // namespace support
