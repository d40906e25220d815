#include "heymilo/transport.hpp"

namespace heymilo {

Transport::~Transport() = default;

NonBlockingTransport::~NonBlockingTransport() = default;

}  // namespace heymilo
