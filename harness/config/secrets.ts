/** Last words of variable names that hold secrets: OPENAI_API_KEY, GITHUB_TOKEN, WIFI_PSK, HUAWEICLOUD_SDK_SK. PWD is a folder. */
const secretName =
  /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PSK|SECRET_ID|SDK_AK|SDK_SK|CREDENTIALS?)$|_PWD$/i;

/** Whether a variable of this name holds a secret. */
export const isSecretName = (name: string): boolean => secretName.test(name);

/** Shorter values occur in ordinary text, and masking them would only make a log unreadable. */
const shortestSecretCharacters = 8;

/**
 * Values of the variables whose names say that they are secret, each once, the longest first so that one that holds
 * another is masked whole. Values under 8 characters are left out, as are paths, which some `_KEY` variables hold.
 * @param further - Names of variables that are secret whatever they are called.
 */
export function secretsOf(
  env: Readonly<Record<string, string | undefined>>,
  further: readonly string[] = [],
): readonly string[] {
  const values = Object.entries(env).flatMap(([name, value]) =>
    isSecretName(name) || further.includes(name) ? (value?.trim() ?? []) : [],
  );
  return [...new Set(values)]
    .filter((value) => value.length >= shortestSecretCharacters)
    .sort((one, other) => other.length - one.length);
}
