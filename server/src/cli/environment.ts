/** What the CLI takes from the shell that called it. */
export interface Environment {
  readonly folder: string;
  /** `SLIPWAY_SERVER`, `SLIPWAY_TOKEN`, `SLIPWAY_PROJECT`; empty counts as absent. */
  readonly server: string | undefined;
  readonly token: string | undefined;
  readonly project: string | undefined;
  /** `SLIPWAY_DATABASE`: where `up` keeps rows. */
  readonly database: string | undefined;
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: where `up` sends traces; paths for each kind of telemetry are added to it. */
  readonly telemetry: string | undefined;
}

export function readEnvironment(): Environment {
  const { SLIPWAY_SERVER, SLIPWAY_TOKEN, SLIPWAY_PROJECT, SLIPWAY_DATABASE, OTEL_EXPORTER_OTLP_ENDPOINT } = process.env;
  return {
    folder: process.cwd(),
    server: SLIPWAY_SERVER || undefined,
    token: SLIPWAY_TOKEN || undefined,
    project: SLIPWAY_PROJECT || undefined,
    database: SLIPWAY_DATABASE || undefined,
    telemetry: OTEL_EXPORTER_OTLP_ENDPOINT || undefined,
  };
}
