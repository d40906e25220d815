#include "heymilo/transport.hpp"

namespace heymilo {

Transport::~Transport() = default;

}  // namespace heymilo
