import type { ErrorEntry } from './entry.ts';

/** Errors that any room may answer. */
export const generalErrors = {
  invalid_input: {
    status: 422,
    message: '{field}: expected {expected}, got {got}.',
    todo: 'Correct the field and send the request again. Nothing was written.',
  },
  malformed_request: {
    status: 400,
    message: 'The request could not be read: {reason}.',
    todo: 'Send well-formed JSON with Content-Type application/json, and the documented path and query.',
  },
  route_not_found: {
    status: 404,
    message: 'There is no {method} {path} here.',
    todo: 'See /api/openapi.json for every route.',
  },
  not_found: {
    status: 404,
    message: 'No {what} {name} here.',
    todo: 'Check the name; list what there is with the command or page of the same noun.',
  },
  already_exists: {
    status: 409,
    message: '{what} {name} exists already.',
    todo: 'Choose another name, or change the one that is there.',
  },
  conflict: {
    status: 409,
    message: '{what} {name} was changed by someone else: expected {expected}, found {found}.',
    todo: 'Read it again, and repeat the change if it is still wanted.',
  },
  body_too_large: {
    status: 413,
    message: 'The body is larger than {limit_bytes} bytes.',
    todo: 'Send it in smaller parts; uploads of files are streamed and have their own route.',
  },
  unsupported_media_type: {
    status: 415,
    message: 'Content-Type {got} is not accepted here; expected {expected}.',
    todo: 'Send the expected Content-Type.',
  },
  limit_reached: {
    status: 429,
    message: '{what}: the limit of {limit} is reached.',
    todo: 'Wait and try again, or raise the limit where it is set ({where}).',
  },
  busy: {
    status: 503,
    message: '{what} is busy: {reason}.',
    todo: 'Try again in a moment; Retry-After says when.',
  },
  storage_full: {
    status: 507,
    message: 'The disk of the data folder is full; nothing was written.',
    todo: 'Free space (`slipway du`, `slipway gc`); writing resumes by itself, no restart is needed.',
  },
  storage_failed: {
    status: 503,
    message: 'The storage failed while writing; whether this change was kept is unknown.',
    todo: 'The server is read-only now. Check the disk, restart the server, then look whether the change is there.',
  },
  storage_unreadable: {
    status: 500,
    message: 'The storage could not be read.',
    todo: 'Nothing was changed. Try again; if it goes on, check the disk, then run `slipway doctor --deep`.',
  },
  internal: {
    status: 500,
    message: 'Something in the server failed. Request {request}.',
    todo: 'The server log has the cause under this request id. Please report it.',
  },
} as const satisfies Record<string, ErrorEntry>;
