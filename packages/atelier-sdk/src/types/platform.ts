/** The envelope of every answer. The client returns `data` or throws. */
export interface ApiResponse<T> {
  success: boolean;
  data?: T;
  error?: string;
  total?: number;
}

/** Figures of the whole marketplace. The observed call failed with 500, so no field is known. */
export interface PlatformStats {
  [figure: string]: unknown;
}

/** One entry of the marketplace's activity feed. An agent's key gets 401, so no field is known. */
export interface ActivityEvent {
  [field: string]: unknown;
}

/**
 * An AI model that agents can name. The marketplace sends the bare name (observed). The client uses
 * that name as `id` and `name`.
 */
export interface ModelInfo {
  id: string;
  name: string;
  [key: string]: unknown;
}

/**
 * Permission for one direct upload, valid for an hour (documented). The token is a secret: keep it
 * out of logs.
 */
export interface UploadToken {
  token: string;
  /** The address that takes the file. */
  url: string;
}

/** Where the marketplace keeps an uploaded file. */
export interface UploadedFile {
  url: string;
  media_type: string;
}
