import type { Action, Alert } from '@resonant/contracts';

/** A business act on an alert, as its signal carries it. Times in epoch ms. */
export interface Acknowledgement {
  readonly signalId: string;
  readonly alertId: string;
  readonly actionId: string | null;
  readonly occurredAt: number;
  readonly note: string | null;
  readonly by: string | null;
}

/** One alert with all that is known of it. */
export interface AlertEntry {
  readonly alertId: string;
  readonly openedAt: number;
  readonly transitions: readonly Alert[];
  /** The newest transition. */
  readonly latest: Alert;
}

interface Held extends AlertEntry {
  transitions: Alert[];
  latest: Alert;
}

/** Newest first: by opening, then by id. */
const order = (a: Pick<AlertEntry, 'openedAt' | 'alertId'>, b: Pick<AlertEntry, 'openedAt' | 'alertId'>): number =>
  b.openedAt - a.openedAt || (a.alertId < b.alertId ? -1 : a.alertId > b.alertId ? 1 : 0);

/** True while an alert can still change. */
export const isOpen = (alert: Alert): boolean => alert.transition !== 'resolved' && alert.transition !== 'withdrawn';

/**
 * The read model: alerts by id and by time, their actions and acknowledgements. Bounded by transitions: those of the
 * alerts that changed longest ago go first. Pure: fed with records, which may come twice.
 */
export class AlertIndex {
  readonly #maxTransitions: number;
  /** In the order of their last change. */
  readonly #alerts = new Map<string, Held>();
  readonly #sorted: Held[] = [];
  readonly #actions = new Map<string, Action[]>();
  readonly #acknowledgements = new Map<string, Acknowledgement[]>();
  readonly #alertsByEvent = new Map<string, Set<string>>();
  #transitions = 0;
  #evicted = 0;

  constructor(maxTransitions: number) {
    this.#maxTransitions = maxTransitions;
  }

  put(alert: Alert): void {
    const known = this.#alerts.get(alert.alertId);
    if (known?.transitions.some(({ seq }) => seq === alert.seq)) return;
    const held: Held = known ?? {
      alertId: alert.alertId,
      openedAt: alert.openedAt,
      transitions: [],
      latest: alert,
    };
    held.transitions.push(alert);
    held.transitions.sort((a, b) => a.seq - b.seq);
    held.latest = held.transitions.at(-1) as Alert;
    if (known === undefined) this.#sorted.splice(this.#place(held), 0, held);
    this.#alerts.delete(alert.alertId);
    this.#alerts.set(alert.alertId, held);
    for (const { eventId } of alert.evidence) {
      if (eventId !== null) added(this.#alertsByEvent, eventId, () => new Set<string>()).add(alert.alertId);
    }
    this.#transitions += 1;
    while (this.#transitions > this.#maxTransitions && this.#alerts.size > 1) this.#evictOldest();
  }

  /** Actions without an alert (anonymous ones) are not kept: they belong to nobody who could be asked for them. */
  putAction(action: Action): void {
    if (action.alertId === null) return;
    const list = added(this.#actions, action.alertId, (): Action[] => []);
    if (!list.some(({ actionId }) => actionId === action.actionId)) list.push(action);
    this.#bound(this.#actions);
  }

  putAcknowledgement(acknowledgement: Acknowledgement): void {
    const list = added(this.#acknowledgements, acknowledgement.alertId, (): Acknowledgement[] => []);
    if (list.length < 100 && !list.some(({ signalId }) => signalId === acknowledgement.signalId)) {
      list.push(acknowledgement);
    }
    this.#bound(this.#acknowledgements);
  }

  get(alertId: string): AlertEntry | undefined {
    return this.#alerts.get(alertId);
  }

  actionsOf(alertId: string): readonly Action[] {
    return this.#actions.get(alertId) ?? [];
  }

  acknowledgementsOf(alertId: string): readonly Acknowledgement[] {
    return this.#acknowledgements.get(alertId) ?? [];
  }

  /** Alerts whose evidence names the touchpoint. */
  alertsOfEvent(eventId: string): Iterable<string> {
    return this.#alertsByEvent.get(eventId) ?? [];
  }

  /** Newest first, those behind `after` only. */
  *list(after?: { readonly openedAt: number; readonly alertId: string }): Iterable<AlertEntry> {
    for (let at = after === undefined ? 0 : this.#place(after, true); at < this.#sorted.length; at += 1) {
      yield this.#sorted[at] as AlertEntry;
    }
  }

  get size(): number {
    return this.#alerts.size;
  }

  /** Alerts that went because of the bound. */
  get evicted(): number {
    return this.#evicted;
  }

  #place(entry: { readonly openedAt: number; readonly alertId: string }, behind = false): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const compared = order(this.#sorted[middle] as Held, entry);
      if (compared < 0 || (behind && compared === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #evictOldest(): void {
    const [oldest] = this.#alerts.values();
    if (oldest === undefined) return;
    this.#alerts.delete(oldest.alertId);
    this.#sorted.splice(this.#place(oldest), 1);
    this.#actions.delete(oldest.alertId);
    this.#acknowledgements.delete(oldest.alertId);
    for (const { eventId } of oldest.transitions.flatMap(({ evidence }) => evidence)) {
      const alerts = eventId === null ? undefined : this.#alertsByEvent.get(eventId);
      alerts?.delete(oldest.alertId);
      if (alerts?.size === 0) this.#alertsByEvent.delete(eventId as string);
    }
    this.#transitions -= oldest.transitions.length;
    this.#evicted += 1;
  }

  /** Facts may come before their alert, or for one that has gone, so they have a bound of their own. */
  #bound(facts: Map<string, unknown>): void {
    if (facts.size <= this.#maxTransitions) return;
    for (const oldest of facts.keys()) {
      facts.delete(oldest);
      break;
    }
  }
}

function added<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
