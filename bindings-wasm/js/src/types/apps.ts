import type { Cursor, ListOptions, PaginatedList } from "./common.ts";
import type { LayerRef } from "./layers.ts";

/** The unique id of an app. */
export type AppId = string;

/** The name of an app. */
export type AppSlug = string;

/** What a new app is to be. */
export interface AppInit {
  slug?: string;
  labels?: Record<string, string>;
  env_vars?: EnvVarInit[];
  config?: AppConfig;
  layers?: string[];
}

/** An app. */
export interface App {
  id: AppId;
  slug: AppSlug;
  labels: Record<string, string>;
  env_vars: EnvVar[];
  config: AppConfig;
  layers: LayerRef[];
  created_at: string;
  updated_at: string;
}

/** What to change of an app. */
export interface AppUpdate {
  slug?: string;
  labels?: Record<string, string>;
  env_vars?: EnvVarUpdate[];
  config?: AppConfig;
  layers?: string[];
}

/** Which apps to list. */
export interface AppListOptions extends ListOptions {
  labels?: Record<string, string>;
  layer?: string;
}

/** An environment variable of an app or a layer. */
export interface EnvVar {
  id: string;
  key: string;
  value: string | undefined;
  secret: boolean;
  contexts: "all" | string[];
}

/** A new environment variable. */
export interface EnvVarInit {
  key: string;
  value: string;
  secret?: boolean;
  contexts?: "all" | string[];
}

/** A change of an environment variable: by id, or new. */
export interface EnvVarUpdate {
  id?: string;
  key?: string;
  value?: string;
  secret?: boolean;
  contexts?: "all" | string[];
  delete?: boolean;
}

/** What an app is made with; empty for nothing in particular. */
export type Framework = "" | "nextjs" | "astro" | "nuxt" | "remix" | "solidstart" | "tanstackstart" | "sveltekit" | "fresh" | "lume";

/** How an app is built, whatever it is made with. */
export type AppConfigBase = {
  install?: string | null;
  build?: string | null;
  predeploy?: string | null;
  crons?: boolean;
};

/** How an app is built and run. */
export type AppConfig = AppConfigBase | (AppConfigBase & {
  framework: Framework;
}) | (AppConfigBase & {
  runtime: RuntimeConfig;
});

/** How an app is run: a program, or files. */
export type RuntimeConfig = {
  type: "dynamic";
  entrypoint?: string;
  args?: string[];
} | {
  type: "static";
  cwd?: string;
  spa?: boolean;
};

/** How grave a log's line is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** A line of an app's log. */
export interface RuntimeLog {
  timestamp: string;
  level: LogLevel;
  message: string;
  revision_id?: string;
  region?: string;
  trace_id?: string;
  span_id?: string;
}

/** Which lines of a log to read. */
export interface AppLogsOptions {
  start: string;
  end?: string;
  revision_id?: string;
  level?: LogLevel;
  query?: string;
  cursor?: Cursor;
  limit?: number;
}

/** A file to deploy. */
export type DeployAsset = {
  kind?: "file";
  encoding?: "utf-8" | "base64";
  content: string;
} | {
  kind: "symlink";
  target: string;
};

/** How what is deployed is built and run. */
export interface DeployConfig {
  framework?: string;
  install?: string | null;
  build?: string | null;
  predeploy?: string | null;
  crons?: boolean;
  runtime?: {
  type: "dynamic" | "static";
  entrypoint?: string;
  args?: string[];
  cwd?: string;
  spa?: boolean;
  };
}

/** An environment variable of a revision. */
export interface RevisionEnvVar {
  key: string;
  value: string;
}

/** What to deploy. */
export interface DeployInit {
  assets: Record<string, DeployAsset>;
  config?: DeployConfig;
  layers?: string[];
  env_vars?: RevisionEnvVar[];
  labels?: Record<string, string>;
  production?: boolean;
  preview?: boolean;
}

/** The revision that a deployment made. */
export interface DeployRevision {
  id: string;
  status: "skipped" | "queued" | "building" | "succeeded" | "failed";
  failure_reason: string | null;
  labels?: Record<string, string>;
  layers?: LayerRef[];
  env_vars?: RevisionEnvVar[];
  config?: DeployConfig;
  created_at: string;
  cancellation_requested_at: string | null;
  build_finished_at: string | null;
  deleted_at: string | null;
}

/** Apps of the account; not in this version. */
export interface Apps {
  get(idOrSlug: AppId | AppSlug): Promise<App | null>;
  list(opts?: AppListOptions): Promise<PaginatedList<App>>;
  create(init?: AppInit): Promise<App>;
  update(idOrSlug: AppId | AppSlug, updates: AppUpdate): Promise<App>;
  delete(idOrSlug: AppId | AppSlug): Promise<void>;
  deploy(idOrSlug: AppId | AppSlug, init: DeployInit): Promise<DeployRevision>;
  logs(idOrSlug: AppId | AppSlug, opts: AppLogsOptions): Promise<PaginatedList<RuntimeLog>>;
}
