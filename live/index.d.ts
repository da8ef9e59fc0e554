/** What one notice said of one name: the text, its order, the event's id, and when it is history (unix milliseconds). */
export type Entry = readonly [value: string, order: number, id: string, ends?: number | null];

/** Entries by name: `title`, `text`, `url`, `severity`, `time`, and `fields.<Name>`. An object that changes is another one. */
export type Entries = Readonly<Record<string, Entry>>;

/** A notice as it was pushed. */
export interface Notice {
  readonly id: string;
  readonly type: string;
  /** When it was accepted (RFC 3339). */
  readonly time: string;
  readonly topic: string;
  readonly title: string;
  readonly text: string;
  readonly url: string;
  readonly severity: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly order: number;
  readonly ends: number;
  /** Where several notices were gathered into one push: what they say together. */
  readonly entries?: Entries;
}

export type StateName = "connecting" | "open" | "polling" | "waiting" | "asleep" | "refused";

export interface State {
  readonly state: StateName;
  /** A state document that is not what it should be, and the response's status. */
  readonly problem?: string;
  /** With `open` after a gap: milliseconds of which the stream told nothing. The state has been read again. */
  readonly missed?: number;
}

/** Topics of which one visitor each may know, as a JWT tells. */
export interface PrivateTopics {
  /** How these topics begin: `account`. */
  readonly beginning: string;
  /** Where their state is served. */
  readonly state: string;
  /** Gives a valid JWT. */
  readonly token: () => string | Promise<string>;
}

export interface Options {
  /** Where to listen: what `jamwire live` prints as `data-jamwire-url`. */
  readonly url: string;
  readonly key: string;
  /** Where the state of topics is served; without it nothing is known of what was said before. */
  readonly state?: string;
  /** Topics (`line-12`) and families (`line-12/*`) that are followed from the beginning. */
  readonly topics?: readonly string[];
  readonly private?: PrivateTopics;
  /** Told each notice that is pushed. */
  readonly onNotice?: (notice: Notice) => void;
  readonly onState?: (state: State) => void;
}

export interface Live {
  /**
   * Follows a topic, or a family such as `line-12/*`; the listener is told each topic of which something else is known
   * now. The answer ends it.
   */
  subscribe(topic: string, listener: (entries: Entries, topic: string) => void): () => void;
  /** What is known of a topic; the same object until something else is. */
  get(topic: string): Entries;
  /** The topics of which something is known, sorted: all, or those of a family. */
  topics(family?: string): string[];
  /** Milliseconds since all was last known to be current. */
  sinceCurrent(): number;
  close(): void;
}

/** Follows topics, in a browser. */
export function connect(options: Options): Live;

/** What a field of a topic says (`Delay`, `title`), or without one the topic; undefined where nothing is known. */
export function textOf(entries: Entries, field?: string): string | undefined;

/** Whether what a field says has ended, by the server's time. */
export function hasEnded(entries: Entries, field?: string): boolean;

/** The channel of a topic. */
export function noticeChannel(topic: string): string;

/** The channel of a page. */
export function pageChannel(path: string): string;

/** Whether a path that has changed, perhaps with a `*` at its end, is the page at another one. */
export function covers(changed: string, path: string): boolean;
