export type Channel = "push" | "email" | "text";

/** What the endpoint says of itself. */
export interface AudienceSettings {
  readonly site: { readonly name: string; readonly url: string; readonly privacy_url: string; readonly locale: string };
  /** The channels that there are, and what each needs to be said. */
  readonly channels: {
    readonly push?: { readonly key: string; readonly id: string };
    readonly email?: { readonly consent: string };
    readonly text?: { readonly consent: string; readonly countries: readonly string[] };
  };
  /** Topics and families of them (`line-*`); `{}` in the title of a family is what the `*` stands for. */
  readonly topics: readonly { readonly name: string; readonly title: string; readonly text: string }[];
  readonly challenge: null | { readonly kind: "turnstile"; readonly site_key: string };
}

export interface AudienceOptions {
  /** Where the public endpoint is, with a slash at the end. */
  readonly url: string;
  /**
   * The worker that is told: `/jamwire-worker.js`, which is registered with a scope of its own, `/jamwire-worker/`. Empty
   * for the site's own worker, which has been registered and imports it.
   */
  readonly worker?: string;
}

/** What went wrong. */
export declare class Problem extends Error {
  readonly name: "busy" | "denied" | "failed" | "gone" | "homescreen" | "offline" | "undecided" | "unsupported";
  /** The endpoint's own sentence. */
  readonly text?: string;
  /** When it may be tried again. */
  readonly seconds?: number;
  readonly status?: number;
}

export interface Audience {
  settings(): Promise<AudienceSettings>;
  /** What this browser follows, as it knows without asking. */
  topics(): Promise<readonly string[]>;
  /**
   * Follows topics by web push; gives all that this browser follows. The permission is the program's to ask for, on a
   * click and after it has explained.
   */
  follow(topics: readonly string[], challenge?: string): Promise<readonly string[]>;
  /** Follows some topics no more; gives the rest. */
  unfollow(topics: readonly string[]): Promise<readonly string[]>;
  /** Once a day, or when the browser has another subscription: sees that the endpoint knows the same; gives the topics. */
  check(): Promise<readonly string[]>;
}

/** The audience of a site, as this browser may join it. */
export function audience(options: AudienceOptions): Audience;

/** Why this browser cannot be notified; undefined if it can. */
export function hindrance(): "denied" | "homescreen" | "unsupported" | undefined;

/** A topic's title and sentence. */
export function describe(settings: AudienceSettings, topic: string): { title: string; text: string };

/** The detail of `jamwire:follow` and `jamwire:unfollow`, which are told on the document. */
export interface Followed {
  readonly topics: readonly string[];
  readonly channel: Channel;
  /** It is followed once the person has confirmed it. */
  readonly pending?: boolean;
}

declare global {
  interface DocumentEventMap {
    "jamwire:follow": CustomEvent<Followed>;
    "jamwire:unfollow": CustomEvent<Followed>;
  }
}
