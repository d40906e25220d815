#pragma once

#include "heymilo/cancellation.hpp"
#include "heymilo/client.hpp"
#include "heymilo/clock.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/models.hpp"
#include "heymilo/options.hpp"
#include "heymilo/pagination.hpp"
#include "heymilo/transport.hpp"
#include "heymilo/version.hpp"
#include "heymilo/waiting.hpp"
