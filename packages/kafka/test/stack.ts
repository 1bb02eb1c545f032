/** Where the real stack of the tests is, from the environment; throws if it is not said. */
export function stack(): { brokers: readonly string[]; registryUrl: string } {
  const { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl } = process.env;
  if (!brokers || !registryUrl) {
    throw new Error(
      'set KAFKA_BROKERS and SCHEMA_REGISTRY_URL: these tests run on the real stack (npm test starts it)',
    );
  }
  return { brokers: brokers.split(','), registryUrl };
}
