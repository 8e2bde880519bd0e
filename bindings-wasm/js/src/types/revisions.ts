import type { AppId, AppSlug, RevisionEnvVar, RuntimeConfig } from "./apps.ts";
import type { ListOptions, PaginatedList } from "./common.ts";
import type { LayerRef } from "./layers.ts";

/** How far a revision is. */
export type RevisionStatus = "skipped" | "queued" | "building" | "succeeded" | "failed";

/** Why a revision failed. */
export type RevisionFailureReason = "error" | "cancelled" | "timed_out" | "skipped";

/** A build of an app. */
export interface Revision {
  id: string;
  status: RevisionStatus;
  failure_reason: RevisionFailureReason | null;
  labels?: Record<string, string>;
  layers: LayerRef[];
  env_vars: RevisionEnvVar[];
  config: RevisionConfig;
  created_at: string;
  cancellation_requested_at: string | null;
  build_finished_at: string | null;
  deleted_at: string | null;
}

/** How a revision was built. */
export interface RevisionConfig {
  framework?: string;
  install?: string | null;
  build?: string | null;
  predeploy?: string | null;
  crons?: boolean;
  runtime?: RuntimeConfig;
}

/** Which revisions to list. */
export interface RevisionListOptions extends ListOptions {
  status?: RevisionStatus;
}

/** A step of a build. */
export type BuildStep = "preparing" | "installing" | "building" | "deploying";

/** A line of a build's log. */
export interface BuildLog {
  timestamp: string;
  level: "info" | "error";
  message: string;
  step: BuildStep;
  timeline?: string;
}

/** Which lines of a build's log to read. */
export interface BuildLogsOptions {
  step?: BuildStep;
  timeline?: string;
}

/** How far a stage is. */
export type RevisionProgressStageStatus = "pending" | "skipped" | "running" | "succeeded" | "timed_out" | "cancelled" | "errored";

/** A stage that has not begun. */
export interface RevisionProgressPendingStage {
  status: "pending";
}

/** A stage that is left out. */
export interface RevisionProgressSkippedStage {
  status: "skipped";
}

/** A stage under way. */
export interface RevisionProgressRunningStage {
  status: "running";
  start: string;
}

/** A stage that is over. */
export interface RevisionProgressCompletedStage {
  status: "succeeded" | "timed_out" | "cancelled" | "errored";
  start: string;
  end: string;
}

/** A stage. */
export type RevisionProgressStage = RevisionProgressPendingStage | RevisionProgressSkippedStage | RevisionProgressRunningStage | RevisionProgressCompletedStage;

/** A stage that runs a command. */
export type RevisionProgressStageWithCommand = RevisionProgressStage & {
  command: string | null;
};

/** A timeline named inside another record. */
export interface RevisionProgressTimelineRef {
  slug: string;
  partition: Record<string, string>;
}

/** A stage that waits for other timelines. */
export interface RevisionProgressTimelineBlockedStage {
  status: "timeline_blocked";
  timelines: RevisionProgressTimelineRef[];
  stage: "warmup";
}

/** The stage that directs requests to the revision. */
export type RevisionProgressRoutingStage = RevisionProgressStage | RevisionProgressTimelineBlockedStage;

/** The stages of one timeline. */
export type RevisionProgressTimelineStage = RevisionProgressStage & {
  slug: string;
  partition: Record<string, string>;
  database: RevisionProgressStage;
  predeploy: RevisionProgressStageWithCommand;
  warmup?: RevisionProgressStage;
  routing: RevisionProgressRoutingStage;
};

/** The stages of all timelines. */
export type RevisionProgressDeployingStage = RevisionProgressStage & {
  timelines: RevisionProgressTimelineStage[];
};

/** How far a revision is, stage by stage. */
export interface RevisionProgress {
  queued: RevisionProgressStage;
  preparing: RevisionProgressStage;
  installing: RevisionProgressStageWithCommand;
  building: RevisionProgressStageWithCommand;
  deploying: RevisionProgressDeployingStage;
}

/** Revisions of apps; not in this version. */
export interface Revisions {
  get(id: string): Promise<Revision | null>;
  list(app: AppId | AppSlug, opts?: RevisionListOptions): Promise<PaginatedList<Omit<Revision, "timelines">>>;
  progress(id: string): AsyncIterable<RevisionProgress>;
  buildLogs(id: string, opts?: BuildLogsOptions): AsyncIterable<BuildLog>;
  cancel(id: string): Promise<Revision>;
  timelines(id: string): Promise<Timeline[]>;
  delete(id: string): Promise<void>;
}

/** A line of deployments of an app, with its domains. */
export interface Timeline {
  slug: string;
  partition: Record<string, string>;
  app: {
  id: AppId;
  slug: AppSlug;
  };
  context: {
  slug: string;
  };
  domains: {
  domain: string;
  }[];
}

/** Which timelines to list. */
export interface TimelineListOptions extends ListOptions {
}

/** Timelines of apps; not in this version. */
export interface Timelines {
  list(app: AppId | AppSlug, opts?: TimelineListOptions): Promise<PaginatedList<Timeline>>;
}
