#include <candidates.hpp>

#include "peers/peer.hpp"

namespace peers {

Codec quicktype(const std::string& page, const std::string& bulk) {
  using namespace quicktype_peer;
  Codec codec;
  codec.decode_page = [page] {
    const auto decoded = nlohmann::json::parse(page).get<ListResponseCandidateResponse>();
    std::size_t sum = 0;
    for (const CandidateResponse& candidate : decoded.data) {
      sum += candidate.name.size() + candidate.email.size();
      if (candidate.workflow) {
        sum += candidate.workflow->steps.size();
      }
    }
    return sum;
  };
  codec.encode_bulk = [body = nlohmann::json::parse(bulk).get<BulkCandidateIngestRequest>()] {
    return nlohmann::json(body).dump();
  };
  return codec;
}

}  // namespace peers
