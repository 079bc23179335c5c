/** Addresses of the MLflow protocol: an unknown one below them must be told in no form that its clients could take for MLflow's. */
export function isMlflowPath(path: string): boolean {
  return /^\/(?:ajax-api|api\/[234]\.0)\//.test(path) || /^\/(?:graphql|v1\/traces|get-artifact|model-versions\/get-artifact)$/.test(path);
}
