/** Which methods a path takes: the router itself only says that a method and path together are unknown. */
export class Routes {
  readonly #byPattern = new Map<string, { readonly form: RegExp; readonly methods: Set<string> }>();

  /** @param pattern a route as the router takes it: `:name`, `::` for a colon, a final `*` */
  add(method: string | readonly string[], pattern: string): void {
    const entry = this.#byPattern.get(pattern) ?? { form: formOf(pattern), methods: new Set<string>() };
    for (const name of [method].flat()) entry.methods.add(name);
    this.#byPattern.set(pattern, entry);
  }

  methodsOf(path: string): readonly string[] {
    const methods = new Set<string>();
    for (const { form, methods: own } of this.#byPattern.values()) {
      if (form.test(path)) for (const method of own) methods.add(method);
    }
    return [...methods].sort();
  }
}

function formOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('::', '\u0000')
    .replace(/:\w+/g, '[^/]+')
    .replaceAll('*', '.*')
    .replaceAll('\u0000', ':');
  return new RegExp(`^${source}$`);
}
