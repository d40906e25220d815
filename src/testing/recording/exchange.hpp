#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "heymilo/transport.hpp"
#include "testing/recording/pseudonyms.hpp"
#include "testing/server/api/operation.hpp"

/// The lines of a recording: the format of a request and its result.
namespace heymilo::testing::detail {

/// The first line of a recording.
inline constexpr std::string_view kFirstLine = R"({"heymilo_recording":1})";

/// The request. Where there are no `pseudonyms`, as it is: what is compared with a recorded one.
Ordered written(const HttpRequest& request, Pseudonyms* pseudonyms,
                OperationTable operations = documentedOperations());
/// The response, with pseudonyms.
Ordered written(const HttpResponse& answer, Pseudonyms& pseudonyms);
/// The exception that is being handled. It must be a TransportError.
Ordered writtenFailure(const std::exception_ptr& error);

/// The recorded response. Throws the failure if one was recorded.
HttpResponse readAnswer(const Ordered& written);

}  // namespace heymilo::testing::detail
