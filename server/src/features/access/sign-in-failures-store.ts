import type { Handle } from '../../platform/database/index.ts';

interface SignInFailuresTable {
  /** A hash of both: what people type as their account is nothing to keep. */
  account_address: string;
  failures: number;
  last_at_ms: number;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    access_sign_in_failures: SignInFailuresTable;
  }
}

export type SignInFailures = Readonly<Pick<SignInFailuresTable, 'failures' | 'last_at_ms'>>;

export async function selectFailures(handle: Handle, key: string): Promise<SignInFailures | null> {
  const row = await handle
    .selectFrom('access_sign_in_failures')
    .select(['failures', 'last_at_ms'])
    .where('account_address', '=', key)
    .executeTakeFirst();
  return row ?? null;
}

/** One more in a row; what is older than `before_ms` is forgotten. */
export async function addFailure(tx: Handle, key: string, now_ms: number, before_ms: number): Promise<void> {
  await tx.deleteFrom('access_sign_in_failures').where('last_at_ms', '<', before_ms).execute();
  await tx
    .insertInto('access_sign_in_failures')
    .values({ account_address: key, failures: 1, last_at_ms: now_ms })
    .onConflict((conflict) =>
      conflict
        .column('account_address')
        .doUpdateSet((of) => ({ failures: of('access_sign_in_failures.failures', '+', 1), last_at_ms: now_ms })),
    )
    .execute();
}

export async function deleteFailures(tx: Handle, key: string): Promise<void> {
  await tx.deleteFrom('access_sign_in_failures').where('account_address', '=', key).execute();
}
