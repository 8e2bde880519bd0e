import type { AppId, AppSlug, EnvVar, EnvVarInit, EnvVarUpdate } from "./apps.ts";
import type { ListOptions, PaginatedList } from "./common.ts";

/** The unique id of a layer. */
export type LayerId = string;

/** The name of a layer. */
export type LayerSlug = string;

/** A layer named inside another record. */
export interface LayerRef {
  id: LayerId;
  slug: LayerSlug;
}

/** A layer: configuration that apps share. */
export interface Layer {
  id: LayerId;
  slug: LayerSlug;
  description?: string;
  layers: LayerRef[];
  env_vars: EnvVar[];
  app_count: number;
  created_at: string;
  updated_at: string;
}

/** What a new layer is to be. */
export interface LayerInit {
  slug: string;
  description?: string;
  layers?: string[];
  env_vars?: EnvVarInit[];
}

/** What to change of a layer. */
export interface LayerUpdate {
  slug?: string;
  description?: string;
  layers?: string[];
  env_vars?: EnvVarUpdate[];
}

/** Which layers to list. */
export interface LayerListOptions extends ListOptions {
  search?: string;
}

/** Which apps of a layer to list. */
export interface LayerAppsListOptions extends ListOptions {
}

/** An app that a layer is part of. */
export interface LayerAppRef {
  id: AppId;
  slug: AppSlug;
  layer_position: number;
}

/** Layers of the account; not in this version. */
export interface Layers {
  get(idOrSlug: LayerId | LayerSlug): Promise<Layer | null>;
  list(opts?: LayerListOptions): Promise<PaginatedList<Layer>>;
  create(init: LayerInit): Promise<Layer>;
  update(idOrSlug: LayerId | LayerSlug, updates: LayerUpdate): Promise<Layer>;
  delete(idOrSlug: LayerId | LayerSlug): Promise<void>;
  apps(idOrSlug: LayerId | LayerSlug, opts?: LayerAppsListOptions): Promise<PaginatedList<LayerAppRef>>;
}
