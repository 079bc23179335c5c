/** Who calls: a role in the project, or something beside the roles. */
export type Who =
  | 'anonymous'
  | 'forged token'
  | 'revoked token'
  | 'token of a disabled account'
  | 'member of another project'
  | 'viewer'
  | 'contributor'
  | 'approver'
  | 'admin'
  | 'token that only reads'
  | 'token for another project'
  | 'execution'
  | 'admin of the installation'
  | 'owner of the installation';

interface Group {
  readonly what: string;
  readonly may: readonly Who[];
  /** Ids of operations, separated by spaces. */
  readonly operations: string;
}

const signedIn = [
  'member of another project',
  'viewer',
  'contributor',
  'approver',
  'admin',
  'token that only reads',
  'token for another project',
  'execution',
  'admin of the installation',
] as const;

/**
 * Who may do what, written down a second time and by hand, so that a wrong line in `app/roles.ts` or a wrong `permission` in the
 * contracts shows. Every operation stands in exactly one group: whoever adds a route says here who may use it.
 */
export const groups: readonly Group[] = [
  {
    what: 'Open the pages of signing in, see that the server runs',
    may: ['anonymous', ...signedIn],
    operations: `access.setUpPage access.setUp access.signInPage access.signInForm access.signInLinkPage access.useSignInLink access.signIn
      system.live system.ready system.health system.version system.openapi openInference.live openInference.ready mlflow.serverInfo`,
  },
  {
    what: 'See and end what is one’s own, read metrics, list the projects that one may enter',
    may: signedIn,
    operations: `access.signOut access.listSessions access.endSession access.signOutEverywhere access.createSignInLink access.me access.changePassword access.listTokens access.createToken access.revokeToken
      access.listProjects system.metrics openInference.server openInference.serverSlash`,
  },
  {
    what: 'Read a project',
    may: ['viewer', 'contributor', 'approver', 'admin', 'token that only reads', 'execution', 'admin of the installation'],
    operations: `access.getProject access.listMembers audit.list audit.why audit.stream datasets.list datasets.versions datasets.version
      datasets.profile datasets.preview datasets.diff datasets.download runs.find runs.table runs.columns runs.buckets runs.curves runs.listExperiments
      runs.list runs.get runs.history runs.artifacts runs.getArtifact models.list models.versions models.version models.download gates.list
      gates.verdicts approvals.list approvals.get deployments.list deployments.get deployments.rollouts deployments.rows deployments.served
      monitors.list monitors.results monitors.incidents monitors.incident pipelines.list pipelines.executions pipelines.execution
      pipelines.logs reports.performance reports.summary reports.turns automations.list automations.decisions automations.due notifications.list
      notifications.deliveries`,
  },
  {
    what: 'Change what is in a project',
    may: ['contributor', 'admin', 'execution', 'admin of the installation'],
    operations: `datasets.putBlob datasets.missingBlobs datasets.define datasets.addVersion runs.createExperiment runs.create runs.update
      runs.delete runs.restore runs.log runs.putArtifact models.define models.add models.retireVersion models.setAlias models.deleteAlias
      gates.evaluate deployments.roll deployments.rollback monitors.define monitors.retire monitors.check monitors.acknowledge
      monitors.resolve pipelines.define pipelines.start pipelines.cancel pipelines.rerun`,
  },
  {
    what: 'Ask a deployment, tell it outcomes',
    may: ['contributor', 'approver', 'admin', 'execution', 'admin of the installation'],
    operations: `deployments.predict deployments.outcomes openInference.infer openInference.versionInfer openInference.invocations`,
  },
  {
    what: 'See what a deployment takes',
    may: ['viewer', 'contributor', 'approver', 'admin', 'token that only reads', 'execution', 'admin of the installation'],
    operations: `openInference.metadata openInference.versionMetadata openInference.modelReady openInference.versionReady openInference.ping`,
  },
  {
    what: 'Read a project as a client of MLflow',
    may: ['viewer', 'contributor', 'approver', 'admin', 'token that only reads', 'execution', 'admin of the installation'],
    operations: `mlflow.getExperiment mlflow.getExperimentPermission mlflow.getModelPermission
      mlflow.getExperimentByName mlflow.searchExperiments mlflow.searchExperimentsByGet mlflow.getRun
      mlflow.searchRuns mlflow.metricHistory mlflow.metricHistoryBulk mlflow.metricHistoryBulkInterval mlflow.listArtifacts
      mlflow.listProxied mlflow.getProxied mlflow.getArtifact mlflow.getVersionArtifact mlflow.getLoggedModelArtifact
      mlflow.searchLoggedModels mlflow.getLoggedModel mlflow.listLoggedModelArtifacts mlflow.getRegisteredModel
      mlflow.searchRegisteredModels mlflow.latestVersions mlflow.latestVersionsByGet mlflow.getVersionByAlias
      mlflow.getModelVersion mlflow.searchModelVersions mlflow.downloadUri mlflow.getTraceInfo mlflow.getTrace mlflow.getTraces
      mlflow.getTraceInfos mlflow.searchTraces mlflow.getAssessment mlflow.searchDatasets mlflow.graphql`,
  },
  {
    what: 'Change what is in a project as a client of MLflow',
    may: ['contributor', 'admin', 'execution', 'admin of the installation'],
    operations: `mlflow.createExperimentPermission mlflow.createModelPermission
      mlflow.createExperiment mlflow.updateExperiment mlflow.deleteExperiment mlflow.restoreExperiment mlflow.setExperimentTag
      mlflow.deleteExperimentTag mlflow.createRun mlflow.updateRun mlflow.deleteRun mlflow.restoreRun mlflow.logMetric
      mlflow.logParam mlflow.logBatch mlflow.setTag mlflow.deleteTag mlflow.logInputs mlflow.logOutputs mlflow.logModel
      mlflow.putProxied mlflow.deleteProxied mlflow.createLoggedModel mlflow.finishLoggedModel mlflow.deleteLoggedModel
      mlflow.setLoggedModelTags mlflow.deleteLoggedModelTag mlflow.logLoggedModelParams mlflow.createRegisteredModel
      mlflow.renameRegisteredModel mlflow.updateRegisteredModel mlflow.deleteRegisteredModel mlflow.setRegisteredModelTag
      mlflow.deleteRegisteredModelTag mlflow.setAlias mlflow.deleteAlias mlflow.createModelVersion mlflow.updateModelVersion
      mlflow.deleteModelVersion mlflow.transitionStage mlflow.setModelVersionTag mlflow.deleteModelVersionTag mlflow.startTrace
      mlflow.exportSpans mlflow.deleteTraces mlflow.deleteTracesOld mlflow.setTraceTag mlflow.setTraceTagOld mlflow.deleteTraceTag
      mlflow.deleteTraceTagOld mlflow.linkPromptsToTrace mlflow.linkTracesToRun mlflow.createMultipart mlflow.putPart
      mlflow.completeMultipart mlflow.abortMultipart mlflow.createAssessment mlflow.updateAssessment mlflow.deleteAssessment`,
  },
  { what: 'Approve or refuse a release', may: ['approver', 'admin', 'admin of the installation'], operations: 'approvals.decide' },
  {
    what: 'Set who is a member, the settings, gates, deployments and receivers; apply a project file',
    may: ['admin', 'admin of the installation'],
    operations: `access.updateProject access.addMember access.setMember access.removeMember gates.define deployments.define deployments.retire
      deployments.promote notifications.define notifications.retire projectfile.apply`,
  },
  { what: 'Move the clock of a project', may: ['owner of the installation'], operations: 'access.advanceClock' },
  {
    what: 'Accounts, projects, the whole trail, backup and care of the installation',
    may: ['admin of the installation'],
    operations: `access.listPersons access.createPerson access.updatePerson access.createProject audit.listAll operations.backup operations.backups operations.gc
      operations.doctor operations.list operations.get operations.usage`,
  },
];

/** By operation: who may. Throws for one that stands in two groups. */
export function oracle(): ReadonlyMap<string, ReadonlySet<Who>> {
  const may = new Map<string, ReadonlySet<Who>>();
  for (const group of groups) {
    for (const id of group.operations.split(/\s+/)) {
      if (may.has(id)) throw new Error(`${id} stands in two groups of rights.fixture.ts`);
      // Whoever set the installation up may all that its other admins may.
      const isForAdmins = group.may.includes('admin of the installation');
      may.set(id, new Set([...group.may, ...(isForAdmins ? (['owner of the installation'] as const) : [])]));
    }
  }
  return may;
}
