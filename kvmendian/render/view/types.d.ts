// What the files of this folder hand to each other; read by the type checker alone, never shown.

/** A field's choice, as in Python's `CHOICES`. */
export type Choice = string | number | boolean;

/** Fields of a setup; those that the code here asks for by name, and the others. */
export interface Setup {
  op: string;
  width: number;
  [field: string]: Choice;
}

/** One place: `lanes[k]` is the lane at position k, an address or a byte of an integer. */
export interface Step {
  place: string;
  integer: boolean;
  lanes: number[];
  by: string;
  why: string;
  zone: string;
  order: string;
  /** Positions that are drawn, and those folded into a dashed box that is called `label`. */
  shown: number[];
  rest: number[];
  label: string;
}

/** What one of those who may swap did, and at which step. */
export interface Swap {
  who: string;
  swapped: boolean;
  needed: boolean;
  why: string;
  stage: number;
  did: string;
}

/** All places of a setup, and the lanes (`ends`) that a verdict compares. */
export interface Road {
  steps: Step[];
  swaps: Swap[];
  ends: Record<string, number[]>;
  always: boolean;
  why: string;
  head: string;
  instruction: string;
  bits: number;
  /** Bytes of a register slot, and the guest's register by its name. */
  slot: number;
  register: string;
  /** What a real kernel did in this state, or that all is computed; the value of that access. */
  evidence: string;
  recorded: string;
}

/** The document that `kvmendian/render/browser.py` makes; `expand` knows its rows. */
export interface AtlasData {
  fields: string[];
  choices: Record<string, Choice[]>;
  labels: Record<string, string>;
  defaults: Setup;
  ends: string[];
  texts: string[];
  lanes: number[][];
  // deno-lint-ignore no-explicit-any -- rows of unlike cells
  steps: any[][];
  // deno-lint-ignore no-explicit-any -- same
  swaps: any[][];
  roads: RoadColumns;
  /** For each point of the product of choices, in the order of `fields`, the number of its road,
   * or -1: each as the difference from the one before. */
  index: number[];
  combined: string[];
  problems: Record<string, string>;
  /** Fields that go with another's choice: by field and choice. */
  follows: Record<string, Record<string, Record<string, Choice>>>;
  verdicts: Record<string, Record<string, [judgement: string, sentence: string]>>;
  phrases: Record<string, string>;
  map: CaseMap;
}

/** The map of everything: what `kvmendian/render/casemap.py` makes. */
export interface CaseMap {
  question: string;
  says: string;
  orders: string[];
  columns: { kind: string; fields: Record<string, Choice>; says: string; value: string }[];
  rows: MapRow[];
}

/** A design on one architecture; four states a column, host by host, "" where no access is. */
export interface MapRow {
  name: string;
  design: string;
  arch: string;
  by: string;
  own: boolean;
  states: (Square["state"] | "")[];
  wrong: number;
  note: string;
  /** Register widths, by square, where the usual one would show nothing wrong. */
  widths: Record<string, number>;
}

/** Where a square stands: row, column, and the numbers of host's and guest's order. */
export interface MapSpot {
  row: number;
  column: number;
  host: number;
  guest: number;
}

/** The argument as mails in time: what `kvmendian/course/thread.py` makes. */
export interface ThreadData {
  title: string;
  people: string[];
  said: Record<string, string>;
  mails: MailData[];
}

export interface MailData {
  id: string;
  who: string;
  day: string;
  when: string;
  where: string;
  what: string;
  says: string;
  answers: [id: string, known: string] | null;
  /** What mmio.data was to its author, where they said so, and the claim that says it. */
  reading: string;
  stated: number;
  claims: ClaimData[];
}

export interface ClaimData {
  number: number;
  order: number;
  id: string;
  who: string;
  when: string;
  where: string;
  text: string;
}

/** What is known of the roads, a column each; of lists one for each position, -1 past the end. */
export type RoadColumns = [
  steps: number[][],
  swaps: number[][],
  ends: number[][],
  always: number[],
  why: number[],
  head: number[],
  instruction: number[],
  bits: number[],
  slot: number[],
  register: number[],
  evidence: number[],
  recorded: number[],
];

/** One access with a value: everything that the picture and its data attributes say. */
export interface Told {
  road: Road;
  setup: Setup;
  value: bigint;
  palette: Uint8Array;
  honours: boolean;
  judgement: string;
  sentence: string;
  /** An integer in hex, as wide as the access, or in full where it is more. */
  full(value: bigint): string;
  mmio: number[];
  ram: number[];
  register: bigint;
  device: bigint;
  swaps: number;
}

/** One field changed: the second road of a comparison. */
export type Compare = Record<string, Choice> | null;

/** What the model holds. */
export interface State {
  setup: Setup;
  value: bigint;
  step: number;
  compare: Compare;
}

/** What the model says: its value may be no value. */
export type Given = Omit<State, "value"> & { value: bigint | null };

/** Some of a state. */
export type Change = Partial<Omit<Given, "setup">> & { setup?: Record<string, Choice> };

/** What one browser tab knows besides: never told to the model. */
export interface View {
  id: string;
  only: string[] | null;
  presets: Preset[];
  preset: string;
  /** The byte that is lit, 0 for A. */
  hot: number | null;
  /** The step whose bits are shown. */
  open: number | null;
  zeroOnTop: boolean;
  bits: boolean | null;
  width: number;
  error: string;
  note: string;
  typed: string | null;
  playing: number;
  numbers: boolean;
}

export interface Preset {
  name: string;
  fields: Record<string, Choice>;
  value?: string;
}

/** A view of one of the roads: `step` 0 shows all of it, `frame` the step that differs. */
export interface Look {
  width: number;
  hot: number | null;
  zeroOnTop: boolean;
  bits: boolean;
  compact: boolean;
  step: number;
  open: number;
  frame: number | null;
}

/** Where everything stands, in pixels; `order` has the steps from left to right. */
export interface Layout {
  row: number;
  column: number;
  places: { x: number; middle: number; top: number; bottom: number }[];
  axis: number;
  /** The least distance of two places. */
  pitch: number;
  bottom: number;
  width: number;
  compact: boolean;
  order: number[];
  /** Pixels that digits have at least. */
  least?: number;
}

/** A step to be drawn: its number, its bytes, and the position that stands in each row. */
export interface Spot {
  step: Step;
  k: number;
  rows: number[];
  bytes: number[];
}

/** The first difference of two roads: the step of each, and a sentence. */
export interface Difference {
  frames: [number | null, number | null];
  text: string;
}

/** A case as a square. */
export interface Square {
  /** Its identity in the whole map: what a click or a key hands on. */
  key: string;
  /** Column and row: indices into `across` and `down`, or of a layout of one's own. */
  x: number;
  y: number;
  /**
   * `yes` full, `no` a framed cross, `empty` a frame (not yet shown), `undecided` hatched: all in
   * ink. `right` quiet and full, `wrong` crimson and full with a cross: whether bytes are wrong.
   */
  state: "yes" | "no" | "right" | "wrong" | "empty" | "undecided";
  /** The case in words, for its title and for screen readers. */
  says: string;
  /** In crimson though it says yes or no: the case's bytes are wrong. */
  wrong?: boolean;
  /** Outside the claim. */
  pale?: boolean;
  /** The current case, elsewhere. */
  ring?: boolean;
}

/** Heading of a column or row: its group's name stands once, on the other side, after a gap. */
export interface Line {
  text?: string;
  group?: string;
}

/** Cases and their headings; `frames` go round some of them, in columns and rows. */
export interface SquareMap {
  key: string;
  label: string;
  across: Line[];
  down: Line[];
  squares: Square[];
  frames?: { x: number; y: number; across: number; down: number; text?: string }[];
  /** Nothing to press yet: a question is open. */
  locked?: boolean;
}

export type Attribute = string | number | boolean | null | undefined;
export type Attributes = Record<string, Attribute>;

/** An element to be; a text stands for itself. */
export interface Item {
  tag: string;
  key: string;
  attributes: Attributes;
  children: (Item | string | number)[];
}

/** An element or a text; what is left out (falsy, but not 0); or a list of these. */
export type Child = Item | string | number | null | undefined | Child[];

/** A node that `patch` made, with what it was made of. */
export type Patched = Node & { _kids?: Map<string, Patched>; _worn?: Attributes };

/** anywidget's model, and that of a saved page. */
export interface Model {
  // deno-lint-ignore no-explicit-any -- traits are of all types
  get(name: string): any;
  set(name: string, value: unknown): void;
  on(name: string, listener: () => void): void;
  off(name: string, listener: () => void): void;
  save_changes(): void;
  send?(content: unknown): void; // a saved page has nobody to send to
}

export interface Context {
  model: Model;
  el: HTMLElement;
}

/** The tables that `kvmendian/evidence/logs/tables.py` makes. */
export interface Tables {
  patterns: Record<string, string>;
  events: [name: string, need: string, pattern: string][];
  longest: number;
  most: number;
  alone: number[];
  aloneMost: number;
  routed: string[];
  near: number;
  names: string[];
  canonical: Record<string, string>;
  physical: string[];
  modes: Record<string, Record<string, string>>;
  classes: Record<string, string>;
  layouts: Record<string, [name: string, high: number, low: number, flag: string[]][]>;
  layoutOf: Record<string, string>;
  registers: Record<string, string[]>;
  noIsv: string[];
  faults: string[];
  levels: (number | null)[];
  staged: number[];
  groups: number[];
  fetches: string[];
  lst: string[][];
  outcomes: string[];
  problems: string[];
  types: string[];
  reasons: Record<string, string>;
  sentences: Record<string, string>;
  decimal: string[];
  defaults: Setup;
  bits: Record<string, number>;
  possible: string[];
}

/** Registers and addresses of a dump, by the names that the tables list. */
export type Seen = Record<string, bigint>;

/** Fields of an ISS. */
export type Bits = Record<string, number>;

/** The guest's order, and which sentence says why, with what it needs. */
export interface Order {
  guest: string | null;
  sentence: string;
  values: Record<string, unknown>;
}

/** What is known of an access. */
export interface Access {
  op: string;
  width: number;
  signed: boolean;
  register_width: number | null;
  arch: string;
  guest: string | null;
}

/** A finding as Python's `as_data` has it: numbers of 64 bits as hex text. */
export interface Finding {
  kind: string;
  text: string;
  line: number;
  fields: [name: string, value: string, meaning: string][];
  op: string | null;
  width: number | null;
  signed: boolean | null;
  register: string | null;
  register_width: number | null;
  valid: boolean | null;
  address: string | null;
  value: string | null;
  guest: string | null;
  start: string | null;
  /** The first setup that remains. */
  setup: Setup | null;
  explanation: string;
}

export interface Reading {
  findings: Finding[];
  unread: number;
  cut: number;
}

/** Choices in a row: `off` says why one cannot be taken now, `idle` why none makes a difference. */
export interface Radios {
  key: string;
  name: string;
  legend: string;
  idle?: string | null;
  disabled?: boolean;
  options: { value: string; text: string; chosen: boolean; off?: string }[];
}
