#include "heymilo/models.hpp"

#include "json/type_of.hpp"

namespace heymilo::detail {

void HEYMILO_WITH_JSON_VERSION(built_with)() noexcept {}

template <class T>
const ObjectType& objectType() {
  return json::ObjectTable<T>::type;
}

// One line for each model: its table is compiled here, once for the whole program. The attribute is
// needed here too: the models themselves are not exported, and a compiler gives instantiations for
// a hidden type hidden visibility by default.
template HEYMILO_EXPORT const ObjectType& objectType<WorkflowStepStatus>();
template HEYMILO_EXPORT const ObjectType& objectType<CandidateWorkflow>();
template HEYMILO_EXPORT const ObjectType& objectType<AgentResumeSummary>();
template HEYMILO_EXPORT const ObjectType& objectType<AgentWebInterviewSummary>();
template HEYMILO_EXPORT const ObjectType& objectType<AgentSMSSummary>();
template HEYMILO_EXPORT const ObjectType& objectType<AgentFormSummary>();
template HEYMILO_EXPORT const ObjectType& objectType<AgentSummary>();
template HEYMILO_EXPORT const ObjectType& objectType<CandidateResponse>();
template HEYMILO_EXPORT const ObjectType& objectType<CandidateIngestRequest>();
template HEYMILO_EXPORT const ObjectType& objectType<BulkCandidateIngestRequest>();
template HEYMILO_EXPORT const ObjectType& objectType<IngestCandidateResponse>();
template HEYMILO_EXPORT const ObjectType& objectType<BulkIngestCandidateResponseItem>();
template HEYMILO_EXPORT const ObjectType& objectType<AsyncIngestResponse>();
template HEYMILO_EXPORT const ObjectType& objectType<APIErrorDetail>();
template HEYMILO_EXPORT const ObjectType& objectType<APIError>();
template HEYMILO_EXPORT const ObjectType& objectType<APIErrorResponse>();
template HEYMILO_EXPORT const ObjectType& objectType<ValidationError>();
template HEYMILO_EXPORT const ObjectType& objectType<HTTPValidationError>();
template HEYMILO_EXPORT const ObjectType& objectType<PaginationMeta>();
template HEYMILO_EXPORT const ObjectType& objectType<ListResponse<CandidateResponse>>();
template HEYMILO_EXPORT const ObjectType& objectType<SingleResponse<IngestCandidateResponse>>();
template HEYMILO_EXPORT const ObjectType&
objectType<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>();
template HEYMILO_EXPORT const ObjectType& objectType<SingleResponse<AsyncIngestResponse>>();

}  // namespace heymilo::detail
