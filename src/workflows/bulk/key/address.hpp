#pragma once

#include <string>
#include <string_view>

namespace heymilo::workflows {

/// An e-mail address in the form whose digest is a key: without white space at its ends (Unicode's
/// White_Space, as spreadsheets leave a no-break space), its ASCII letters in lower case. A byte
/// that is not UTF-8 stays. This form is fixed, since postings and journals have digests of it.
std::string canonicalAddress(std::string_view address);

}  // namespace heymilo::workflows
