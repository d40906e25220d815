#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "heymilo/transport.hpp"

namespace heymilo {

/// Makes text of the server's fit for what(): one line of bounded length, in which whatever the
/// request carried (credentials, ids, names, addresses, free-form values) is replaced, because
/// servers quote what they were sent. Made for one failed request; costs nothing on success.
class Redactor {
 public:
  /// `route` is the path's template: it tells where in the URL the posting's id stands.
  Redactor(const HttpRequest& request, std::string_view route);

  std::string operator()(std::string_view text) const;

 private:
  std::string withoutSecrets(std::string_view text) const;

  std::vector<std::string> secrets_;  // longest first
};

}  // namespace heymilo
