#pragma once

namespace report {

/// The style sheet of the page.
extern const char* const kStyle;

}  // namespace report
