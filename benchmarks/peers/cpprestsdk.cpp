#include <cpprest/json.h>
#include <model/BulkCandidateIngestRequest.h>
#include <model/ListResponse_CandidateResponse_.h>

#include <stdexcept>

#include "peers/peer.hpp"

namespace peers {

namespace {

namespace model = cpprestsdk_peer::model;

template <class Model>
void decode(const std::string& text, Model& decoded) {
  if (!decoded.fromJson(web::json::value::parse(text))) {
    throw std::runtime_error("The document does not fit the model of the C++ REST SDK");
  }
}

}  // namespace

Codec cppRestSdk(const std::string& page, const std::string& bulk) {
  Codec codec;
  codec.decode_page = [page] {
    model::ListResponse_CandidateResponse_ decoded;
    decode(page, decoded);
    std::size_t sum = 0;
    for (const auto& candidate : decoded.getData()) {
      sum += candidate->getName().size() + candidate->getEmail().size();
      if (candidate->workflowIsSet()) {
        sum += candidate->getWorkflow()->getSteps().size();
      }
    }
    return sum;
  };
  model::BulkCandidateIngestRequest body;
  decode(bulk, body);
  codec.encode_bulk = [body] { return body.toJson().serialize(); };
  return codec;
}

}  // namespace peers
