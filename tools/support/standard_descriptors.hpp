#pragma once

namespace support {

/// Opens those of standard input, output and error that the process was started without, so that
/// nothing that is opened later takes their numbers and gets what is written to them. Using them
/// fails as it does with closed ones: input is for writing only, output and error are for reading
/// only. To be called before anything else is opened. Ends the process with exit code 1 where that
/// can't be done.
void fillStandardDescriptors() noexcept;

}  // namespace support
