import type { ErrorEntry } from './entry.ts';

/** Errors of the room `notifications`. */
export const notificationsErrors = {
  receiver_not_public: {
    status: 422,
    message: 'The name {host} leads to {address}, which is not a public address.',
    todo: 'Write the address itself instead of a name if a receiver inside your network is meant.',
  },
  receiver_refused: {
    status: 422,
    message: '{address} is no address of a receiver: it belongs to nobody, to many, or to the own link of the server.',
    todo: 'Write the address of the receiver itself.',
  },
  receiver_failed: {
    status: 503,
    message: 'The receiver at {host} did not take the message: {reason}.',
    todo: 'Check the address and the receiver; the delivery is tried five times.',
  },
} as const satisfies Record<string, ErrorEntry>;
