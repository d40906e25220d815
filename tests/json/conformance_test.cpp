#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>

#include "contract/document_generator.hpp"
#include "heymilo/heymilo.hpp"
#include "json/codec.hpp"
#include "support/sanitizers.hpp"

// Compares the models and the operations with the contract file: a property, parameter or operation
// that is added, removed or changed there makes these tests fail.

namespace heymilo {
namespace {

using contract::Contract;
using contract::DocumentGenerator;
using nlohmann::json;

/// A member's type in the contract's notation.
template <class T>
struct TypeText {
  static std::string get() { return std::string("$ref ") + Schema<T>::name; }
};
template <>
struct TypeText<std::string> {
  static std::string get() { return "string"; }
};
template <>
struct TypeText<CandidateStatus> : TypeText<std::string> {};
template <>
struct TypeText<StepStatus> : TypeText<std::string> {};
template <>
struct TypeText<bool> {
  static std::string get() { return "boolean"; }
};
template <>
struct TypeText<std::int64_t> {
  static std::string get() { return "integer"; }
};
template <>
struct TypeText<double> {
  static std::string get() { return "number"; }
};
template <>
struct TypeText<Timestamp> {
  static std::string get() { return "timestamp"; }
};
template <>
struct TypeText<std::variant<std::string, std::int64_t>> {
  static std::string get() { return "string or integer"; }
};
template <>
struct TypeText<std::map<std::string, std::string>> {
  static std::string get() { return "object of string"; }
};
template <>
struct TypeText<json> {
  static std::string get() { return "object"; }
};
template <class T>
struct TypeText<std::vector<T>> {
  static std::string get() { return "array of " + TypeText<T>::get(); }
};
template <class T>
struct TypeText<std::optional<T>> {
  static std::string get() { return "optional " + TypeText<T>::get(); }
};

std::string typeText(const Contract& contract, const std::string& property, const json& schema) {
  if (schema.contains("$ref")) {
    return "$ref " + Contract::refName(schema);
  }
  if (schema.contains("anyOf")) {
    std::string text;
    for (const json& option : schema.at("anyOf")) {
      if (option.value("type", "") != "null") {
        text += (text.empty() ? "" : " or ") + typeText(contract, property, option);
      }
    }
    return text;
  }
  if (Contract::isTimestamp(property, schema)) {
    return "timestamp";
  }
  const std::string type = schema.at("type");
  if (type == "array") {
    return "array of " + typeText(contract, "", schema.at("items"));
  }
  if (type == "object" && schema.at("additionalProperties").is_object()) {
    return "object of " + typeText(contract, "", schema.at("additionalProperties"));
  }
  return type;
}

/// A model's interface for the tests, whatever its type.
struct Model {
  std::map<std::string, std::string> types;  // of its properties, by name
  std::set<std::string> required;
  json defaults;                                               // a fresh one as JSON
  std::function<std::string(const std::string&)> recode;       // text to model to text
  std::function<json(const json&)> recode_tree;                // tree to model to tree
  std::function<bool(const std::string&, const json&)> equal;  // from text and from tree
  std::function<std::string(const json&, PersonalData)> describe;
};

template <class T>
Model modelOf() {
  Model model;
  Schema<T>::fields([&](auto... row) {
    const auto add = [&](auto field) {
      using Member = std::decay_t<decltype(std::declval<T>().*field.member)>;
      model.types[field.name] = TypeText<Member>::get();
      if (field.required) {
        model.required.insert(field.name);
      }
    };
    (add(row), ...);
    return 0;
  });
  model.defaults = T{};
  model.recode = [](const std::string& text) {
    return heymilo::json::encode(heymilo::json::decode<T>(text));
  };
  model.recode_tree = [](const json& tree) { return json(tree.get<T>()); };
  model.equal = [](const std::string& text, const json& tree) {
    const T from_text = heymilo::json::decode<T>(text);
    return from_text == tree.get<T>() && !(from_text != tree.get<T>());
  };
  model.describe = [](const json& tree, PersonalData personal_data) {
    return heymilo::describe(tree.get<T>(), personal_data);
  };
  return model;
}

/// All models by the names of their schemas in the contract.
const std::map<std::string, Model>& models() {
  static const std::map<std::string, Model> kModels = {
      {"ListResponse_CandidateResponse_", modelOf<ListResponse<CandidateResponse>>()},
      {"CandidateResponse", modelOf<CandidateResponse>()},
      {"CandidateWorkflow", modelOf<CandidateWorkflow>()},
      {"WorkflowStepStatus", modelOf<WorkflowStepStatus>()},
      {"AgentSummary", modelOf<AgentSummary>()},
      {"AgentResumeSummary", modelOf<AgentResumeSummary>()},
      {"AgentWebInterviewSummary", modelOf<AgentWebInterviewSummary>()},
      {"AgentSMSSummary", modelOf<AgentSMSSummary>()},
      {"AgentFormSummary", modelOf<AgentFormSummary>()},
      {"PaginationMeta", modelOf<PaginationMeta>()},
      {"APIErrorResponse", modelOf<APIErrorResponse>()},
      {"APIError", modelOf<APIError>()},
      {"APIErrorDetail", modelOf<APIErrorDetail>()},
      {"HTTPValidationError", modelOf<HTTPValidationError>()},
      {"ValidationError", modelOf<ValidationError>()},
      {"CandidateIngestRequest", modelOf<CandidateIngestRequest>()},
      {"SingleResponse_IngestCandidateResponse_",
       modelOf<SingleResponse<IngestCandidateResponse>>()},
      {"IngestCandidateResponse", modelOf<IngestCandidateResponse>()},
      {"BulkCandidateIngestRequest", modelOf<BulkCandidateIngestRequest>()},
      {"SingleResponse_list_BulkIngestCandidateResponseItem__",
       modelOf<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>()},
      {"BulkIngestCandidateResponseItem", modelOf<BulkIngestCandidateResponseItem>()},
      {"SingleResponse_AsyncIngestResponse_", modelOf<SingleResponse<AsyncIngestResponse>>()},
      {"AsyncIngestResponse", modelOf<AsyncIngestResponse>()},
  };
  return kModels;
}

TEST(Conformance, EverySchemaHasAModelAndEveryModelASchema) {
  const Contract contract;
  std::set<std::string> schemas;
  std::set<std::string> known;
  for (const auto& [name, schema] : contract.schemas().items()) {
    schemas.insert(name);
  }
  for (const auto& [name, model] : models()) {
    known.insert(name);
  }
  EXPECT_EQ(known, schemas);
  EXPECT_EQ(known.size(), 23u);
}

class ConformanceOf : public ::testing::TestWithParam<std::string> {
 protected:
  const Contract contract;
  const Model& model = models().at(GetParam());
  const json& schema = contract.schema(GetParam());
};

TEST_P(ConformanceOf, PropertiesTypesRequiredAndDefaultsAreTheSchemas) {
  std::map<std::string, std::string> types;
  std::set<std::string> required;
  for (const auto& [name, property] : schema.at("properties").items()) {
    std::string type = typeText(contract, name, property);
    if (Contract::isRequired(schema, name)) {
      required.insert(name);
    } else if (!property.contains("default")) {
      type = "optional " + type;
    }
    types[name] = type;
    if (property.contains("default")) {
      ASSERT_TRUE(model.defaults.contains(name)) << name;
      EXPECT_EQ(model.defaults.at(name), property.at("default")) << name;
    }
  }
  EXPECT_EQ(model.types, types);
  EXPECT_EQ(model.required, required);
}

TEST_P(ConformanceOf, ValidDocumentsComeBackAsTheyWere) {
  constexpr std::uint32_t kSeed = 20261124;
  DocumentGenerator generator(contract, kSeed);
  for (std::size_t i = 0; i < heymilo_test::effort(2000); ++i) {
    const json document = generator.document(GetParam());
    const json expected = generator.normalized(GetParam(), document);
    const std::string text = document.dump();
    ASSERT_EQ(json::parse(model.recode(text)), expected) << "seed " << kSeed << ": " << text;
    ASSERT_EQ(model.recode_tree(document), expected) << "seed " << kSeed << ": " << text;
    ASSERT_TRUE(model.equal(text, document)) << "seed " << kSeed << ": " << text;
  }
}

TEST_P(ConformanceOf, EveryMutationIsRefusedAtItsPlace) {
  constexpr std::uint32_t kSeed = 42;
  DocumentGenerator generator(contract, kSeed);
  std::size_t tried = 0;
  for (int i = 0; i < 200 && tried < heymilo_test::effort(3000); ++i) {
    const json valid = generator.document(GetParam());
    for (const contract::Mutation& mutation : generator.mutations(GetParam(), valid)) {
      json document = valid;
      if (mutation.drop) {
        document[mutation.place.parent_pointer()].erase(mutation.place.back());
      } else {
        document[mutation.place] = mutation.value;
      }
      ++tried;
      std::string refused_at = "(accepted)";
      try {
        model.recode(document.dump());
      } catch (const heymilo::json::Mismatch& mismatch) {
        refused_at = mismatch.path.whole();
      }
      ASSERT_EQ(refused_at, mutation.place.to_string())
          << "seed " << kSeed << ": " << document.dump();
      try {
        model.recode_tree(document);
        FAIL() << "the tree was accepted: " << document.dump();
      } catch (const DecodeError& error) {
        ASSERT_EQ(error.path(), mutation.place.to_string()) << document.dump();
      }
    }
  }
  EXPECT_GT(tried, 100u);
}

/// Replaces all texts and scores of a document by labels, and records the labels that a description
/// may show: those of the properties listed here, and no others.
class Labels {
 public:
  explicit Labels(const Contract& contract) : contract_(contract) {}

  void put(const json& schema, json& value, bool may_be_shown = false) {
    const std::set<std::string> shown = {"object",
                                         "interview_id",
                                         "candidate_id",
                                         "posting_id",
                                         "step_id",
                                         "status",
                                         "ingestion_id",
                                         "code",
                                         "type"};
    const json& resolved = contract_.resolve(schema);
    if (value.is_array()) {
      for (json& element : value) {
        put(resolved.at("items"), element, may_be_shown);
      }
    } else if (value.is_object()) {
      const json properties = resolved.value("properties", json::object());
      json labelled = json::object();
      for (auto& [name, entry] : value.items()) {
        if (properties.contains(name)) {
          put(properties.at(name), entry, shown.count(name) != 0);
          labelled[name] = entry;
        } else {
          labelled[label(false)] = label(false);
        }
      }
      value = std::move(labelled);
    } else if (value.is_string()) {
      value = label(may_be_shown);
    } else if (value.is_number() &&
               resolved.value("description", "").find("score") != std::string::npos) {
      value = 70'000 + static_cast<int>(hidden.size());
      hidden.push_back(value.dump());
    }
  }
  std::vector<std::string> seen, hidden;

 private:
  std::string label(bool may_be_shown) {
    std::vector<std::string>& labels = may_be_shown ? seen : hidden;
    labels.push_back((may_be_shown ? "seen<" : "hidden<") + std::to_string(labels.size()) + '>');
    return labels.back();
  }
  const Contract& contract_;
};

TEST_P(ConformanceOf, DescriptionsHidePersonalDataAndNothingElse) {
  DocumentGenerator generator(contract, 7);
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    json document = generator.document(GetParam());
    Labels labels(contract);
    labels.put(schema, document);
    hidden += labels.hidden.size();
    const std::string description = model.describe(document, PersonalData::hidden);
    const std::string whole = model.describe(document, PersonalData::shown);
    for (const std::string& label : labels.seen) {
      ASSERT_NE(description.find(label), std::string::npos) << label << " in " << description;
      ASSERT_NE(whole.find(label), std::string::npos) << label << " in " << whole;
    }
    for (const std::string& label : labels.hidden) {
      ASSERT_EQ(description.find(label), std::string::npos) << label << " in " << description;
      ASSERT_NE(whole.find(label), std::string::npos) << label << " in " << whole;
    }
  }
  EXPECT_GT(hidden, 0u);
}

std::vector<std::string> schemaNames() {
  std::vector<std::string> names;
  for (const auto& [name, model] : models()) {
    names.push_back(name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Schemas, ConformanceOf, ::testing::ValuesIn(schemaNames()),
                         [](const ::testing::TestParamInfo<std::string>& schema) {
                           return schema.param;
                         });

/// Sends the contract's response to each request and records it.
class RecordingTransport final : public Transport {
 public:
  HttpResponse send(const HttpRequest& request, const CancellationToken&) override {
    requests.push_back(request);
    return answer;
  }
  HttpResponse answer;
  std::vector<HttpRequest> requests;
};

TEST(Conformance, EveryOperationGoesOutAsTheContractSays) {
  const Contract contract;
  DocumentGenerator generator(contract, 7);
  auto transport = std::make_shared<RecordingTransport>();
  ClientOptions options;
  options.api_key = "key";
  options.authorization = "Bearer token";
  options.workspace_id = "workspace";
  options.transport = transport;
  const Client client(options);
  const CandidateIngestRequest candidate{"Ada Example", "ada@example.com"};
  ListCandidatesParams everything;
  everything.limit = 7;
  everything.starting_after = "int_1";
  everything.created_after = parseTimestamp("2026-03-13T00:00:00Z");
  everything.created_before = parseTimestamp("2026-03-14T00:00:00Z");
  const std::map<std::string, std::function<ResponseInfo()>> operations = {
      {"listCandidates", [&] { return client.listCandidates("p_1", everything).http; }},
      {"ingestCandidate", [&] { return client.ingestCandidate("p_1", candidate).http; }},
      {"ingestCandidatesBulk",
       [&] { return client.ingestCandidatesBulk("p_1", {{candidate}}).http; }},
      {"ingestCandidateAsync", [&] { return client.ingestCandidateAsync("p_1", candidate).http; }},
      {"ingestCandidatesBulkAsync",
       [&] { return client.ingestCandidatesBulkAsync("p_1", {{candidate}}).http; }}};

  std::set<std::string> in_contract;
  for (const auto& [path, methods] : contract.file().at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      const std::string id = operation.at("operationId");
      SCOPED_TRACE(id);
      in_contract.insert(id);
      ASSERT_EQ(operations.count(id), 1u);

      // The one response that is not an error: its status, and a document of its schema.
      std::vector<std::string> successes;
      for (const auto& [status, response] : operation.at("responses").items()) {
        if (status[0] == '2') {
          successes.push_back(status);
        }
      }
      ASSERT_EQ(successes.size(), 1u);
      const json& success = operation.at("responses").at(successes[0]);
      const std::string schema =
          Contract::refName(success.at("content").at("application/json").at("schema"));
      transport->answer = {std::stoi(successes[0]), {}, generator.document(schema).dump()};
      EXPECT_EQ(operations.at(id)().status, std::stoi(successes[0]));

      const HttpRequest& request = transport->requests.back();
      std::string expected_method = method;
      for (char& c : expected_method) {
        c = static_cast<char>(c - 'a' + 'A');
      }
      EXPECT_EQ(request.method, expected_method);
      const std::string url = contract.file().at("servers")[0].at("url").get<std::string>() + path;
      const std::string place = "{posting_id}";
      std::string expected_url = url;
      expected_url.replace(url.find(place), place.size(), "p_1");
      EXPECT_EQ(request.url.substr(0, request.url.find('?')), expected_url);

      std::set<std::string> query;
      std::set<std::string> headers;
      for (const json& parameter : operation.at("parameters")) {
        if (parameter.at("in") == "query") {
          query.insert(parameter.at("name").get<std::string>());
        } else if (parameter.at("in") == "header") {
          headers.insert(parameter.at("name").get<std::string>());
        }
      }
      std::set<std::string> sent_query;
      const std::size_t mark = request.url.find('?');
      for (std::size_t begin = mark; begin != std::string::npos;
           begin = request.url.find('&', begin + 1)) {
        sent_query.insert(request.url.substr(begin + 1, request.url.find('=', begin) - begin - 1));
      }
      EXPECT_EQ(sent_query, query);
      for (const std::string& header : headers) {
        EXPECT_TRUE(request.headers.contains(header)) << header;
      }
      EXPECT_EQ(!request.body.empty(), operation.contains("requestBody"));
      if (operation.contains("requestBody")) {
        const std::string body_schema = Contract::refName(
            operation.at("requestBody").at("content").at("application/json").at("schema"));
        EXPECT_NO_THROW(models().at(body_schema).recode(request.body));
        EXPECT_EQ(request.headers.get("Content-Type"), "application/json");
      }
    }
  }
  std::set<std::string> offered;
  for (const auto& [id, call] : operations) {
    offered.insert(id);
  }
  EXPECT_EQ(offered, in_contract);
}

}  // namespace
}  // namespace heymilo
