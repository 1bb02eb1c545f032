interface Node<T> {
  readonly next: Map<number, Node<T>>;
  value?: T;
}

/** Finds the longest known word that begins at a place of a text, without cutting the text into pieces. */
export class WordTrie<T> {
  readonly #root: Node<T> = { next: new Map() };

  /** The first value given for a word stays. */
  add(word: string, value: T): void {
    let node = this.#root;
    for (let at = 0; at < word.length; at++) {
      const unit = word.charCodeAt(at);
      const next = node.next.get(unit) ?? { next: new Map() };
      node.next.set(unit, next);
      node = next;
    }
    node.value ??= value;
  }

  longestAt(text: string, from: number): { readonly value: T; readonly length: number } | undefined {
    let node: Node<T> | undefined = this.#root;
    let found: { value: T; length: number } | undefined;
    for (let at = from; at < text.length; at++) {
      node = node.next.get(text.charCodeAt(at));
      if (node === undefined) break;
      if (node.value !== undefined) found = { value: node.value, length: at + 1 - from };
    }
    return found;
  }
}
