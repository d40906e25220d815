// Reads every type of response from the text. Reading from text and from a tree must give the same
// result, and writing must preserve it.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/models.hpp"
#include "json/codec.hpp"
#include "json/fast_reader.hpp"
#include "json/reader.hpp"
#include "support/event_log.hpp"

namespace {

using nlohmann::json;

/// Cases that only the text reader can detect: a tree has no duplicate property, and no BOM.
bool isOfTheTextAlone(const std::string& problem) {
  return problem.find("duplicate") != std::string::npos ||
         problem.find("nested") != std::string::npos;
}

std::optional<json> treeOf(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return std::nullopt;  // nlohmann's parser treats it as the end
  }
  try {
    return std::make_optional(json::parse(text));
  } catch (const json::exception&) {  // a number out of range is not a parse_error
    return std::nullopt;
  }
}

template <class Model>
std::optional<Model> modelOf(const json& tree) {
  try {
    return tree.get<Model>();
  } catch (const heymilo::DecodeError&) {
    return std::nullopt;
  }
}

template <class Model>
void tryAs(std::string_view text, const std::optional<json>& tree) {
  std::optional<Model> model;
  std::string problem;
  try {
    model = heymilo::json::decode<Model>(text);
  } catch (const heymilo::json::Mismatch& mismatch) {
    problem = mismatch.problem;
    check(!problem.empty(), "a mismatch says what it is");
  }
  const std::optional<Model> of_tree = tree ? modelOf<Model>(*tree) : std::nullopt;
  if (model) {
    check(of_tree.has_value(), "a value read from text is read from a tree");
    check(*model == *of_tree, "text and tree give the same model");
    const std::string written = heymilo::json::encode(*model);
    check(heymilo::json::decode<Model>(written) == *model, "a model survives being written");
    check(json::parse(written) == json(*model), "written as text and as a tree it is the same");
  } else {
    check(!of_tree || isOfTheTextAlone(problem), "a value read from a tree is read from text");
  }
}

#ifdef HEYMILO_WITH_SIMDJSON
/// If the fast reader accepts a text, its events equal those of the other reader.
void compareReaders(std::string_view text) {
  heymilo_test::EventLog fast, slow;
  try {
    if (!heymilo::json::readFast(text, 0, fast)) {
      return;
    }
  } catch (const heymilo::json::Mismatch&) {
    return;
  }
  try {
    heymilo::json::read(text, slow);
  } catch (const heymilo::json::SyntaxError&) {
    check(false, "what the fast reader takes, the other takes");
  }
  check(fast.events() == slow.events(), "both readers say the same");
}
#endif

}  // namespace

void fuzzOne(std::string_view text) {
#ifdef HEYMILO_WITH_SIMDJSON
  compareReaders(text);
#endif
  using namespace heymilo;  // NOLINT(google-build-using-namespace)
  const std::optional<nlohmann::json> tree = treeOf(text);
  tryAs<ListResponse<CandidateResponse>>(text, tree);
  tryAs<SingleResponse<IngestCandidateResponse>>(text, tree);
  tryAs<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>(text, tree);
  tryAs<SingleResponse<AsyncIngestResponse>>(text, tree);
  tryAs<APIErrorResponse>(text, tree);
  tryAs<HTTPValidationError>(text, tree);
}
