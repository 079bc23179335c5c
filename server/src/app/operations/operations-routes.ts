import { api } from '@slipway/contracts';
import { implement, type Route } from '../../platform/http/index.ts';
import type { OperationRecord, Operations } from './index.ts';

export function operationsRoutes({ operations }: { readonly operations: Operations }): Route[] {
  return [
    implement(api.operations.backup, ({ caller }) => operations.start(caller, { kind: 'backup' })),
    implement(api.operations.backups, async ({ caller }) => {
      const kept = await operations.backups(caller);
      return { backups: kept && { ...kept, items: [...kept.items], unreadable: [...kept.unreadable] } };
    }),
    implement(api.operations.gc, ({ caller, body }) => operations.start(caller, { kind: 'gc', apply: body.apply })),
    implement(api.operations.doctor, ({ caller, body }) => operations.start(caller, { kind: 'doctor', deep: body.deep })),
    implement(api.operations.list, ({ caller }) => ({ items: operations.list(caller).map(toWire) })),
    implement(api.operations.get, ({ caller, params }) => toWire(operations.get(caller, params.operation))),
    implement(api.operations.usage, async ({ caller }) => {
      const { projects, stored, disk } = await operations.usage(caller);
      return { projects: [...projects], stored: [...stored], disk };
    }),
  ];
}

/** The same value with lists of its own, as answers are typed. */
function toWire(record: OperationRecord) {
  switch (record.kind) {
    case 'backup':
      return {
        ...record,
        result: record.result && { ...record.result, checks: [...record.result.checks], removed: [...record.result.removed] },
      };
    case 'doctor':
      return { ...record, result: record.result && { ...record.result, checks: [...record.result.checks] } };
    case 'gc':
      return record;
  }
}
