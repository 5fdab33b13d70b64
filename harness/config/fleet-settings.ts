import { withEnvFile } from './live-settings';

/** Keys that the parts of a fleet are reached with. They stand in the environment or in `.env`, never in an address or argument. */
export interface FleetSettings {
  /** EARSHOT_REDIS_PASSWORD. */
  readonly redisPassword?: string;
  /** Of the bundle store. */
  readonly bundles: {
    /** AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, as the tools of AWS read them. */
    readonly s3?: {
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
      readonly region?: string;
    };
    /** EARSHOT_BUNDLES_TOKEN, for a store at `https:`. */
    readonly bearer?: string;
  };
}

/** Variables of a fleet whose names begin like ours, for whoever looks for misspelt ones. */
export const fleetVariables = ['EARSHOT_REDIS_PASSWORD', 'EARSHOT_BUNDLES_TOKEN'] as const;

/** What the environment says about a fleet. Half a pair of keys is none. */
export function fleetSettings(
  env: Readonly<Record<string, string | undefined>> = withEnvFile(),
): FleetSettings {
  const value = (name: string): string | undefined => env[name]?.trim() || undefined;
  const redisPassword = value('EARSHOT_REDIS_PASSWORD');
  const bearer = value('EARSHOT_BUNDLES_TOKEN');
  const accessKeyId = value('AWS_ACCESS_KEY_ID');
  const secretAccessKey = value('AWS_SECRET_ACCESS_KEY');
  const sessionToken = value('AWS_SESSION_TOKEN');
  const region = value('AWS_REGION');
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  const further = { ...(sessionToken && { sessionToken }), ...(region && { region }) };
  return {
    ...(redisPassword && { redisPassword }),
    bundles: {
      ...(bearer && { bearer }),
      ...(hasKeys && { s3: { accessKeyId, secretAccessKey, ...further } }),
    },
  };
}
