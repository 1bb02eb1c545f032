/** What the sender knows about whom a text is for; a text that mentions any of it is not a mere template. */
export interface PersonalContext {
  /** Names of the contact, the account and their own products or cases, as people write them. */
  readonly names: readonly string[];
}

/** True if the text speaks of the contact's own matter rather than being something anyone could have got. */
export const isPersonalised = (text: string, context: PersonalContext): boolean => {
  const lower = text.toLowerCase();
  return context.names.some((name) => name.trim() !== '' && lower.includes(name.trim().toLowerCase()));
};
