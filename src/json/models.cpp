#include "heymilo/models.hpp"

#include "json/type_of.hpp"

namespace heymilo::detail {

template <class T>
const ObjectType& objectType() {
  return json::ObjectTable<T>::type;
}

// One line for each model: this is where its table is compiled, once for the whole program.
template const ObjectType& objectType<WorkflowStepStatus>();
template const ObjectType& objectType<CandidateWorkflow>();
template const ObjectType& objectType<AgentResumeSummary>();
template const ObjectType& objectType<AgentWebInterviewSummary>();
template const ObjectType& objectType<AgentSMSSummary>();
template const ObjectType& objectType<AgentFormSummary>();
template const ObjectType& objectType<AgentSummary>();
template const ObjectType& objectType<CandidateResponse>();
template const ObjectType& objectType<CandidateIngestRequest>();
template const ObjectType& objectType<BulkCandidateIngestRequest>();
template const ObjectType& objectType<IngestCandidateResponse>();
template const ObjectType& objectType<BulkIngestCandidateResponseItem>();
template const ObjectType& objectType<AsyncIngestResponse>();
template const ObjectType& objectType<APIErrorDetail>();
template const ObjectType& objectType<APIError>();
template const ObjectType& objectType<APIErrorResponse>();
template const ObjectType& objectType<ValidationError>();
template const ObjectType& objectType<HTTPValidationError>();
template const ObjectType& objectType<PaginationMeta>();
template const ObjectType& objectType<ListResponse<CandidateResponse>>();
template const ObjectType& objectType<SingleResponse<IngestCandidateResponse>>();
template const ObjectType&
objectType<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>();
template const ObjectType& objectType<SingleResponse<AsyncIngestResponse>>();

}  // namespace heymilo::detail
