/** A call as the provider asks for it or the firmware reports it: name and decoded JSON arguments. */
export interface FunctionCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}
