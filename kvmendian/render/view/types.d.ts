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
  roads: RoadRow[];
  index: number[];
  combined: string[];
  problems: Record<string, string>;
  /** Fields that go with another's choice: by field and choice. */
  follows: Record<string, Record<string, Record<string, Choice>>>;
  verdicts: Record<string, Record<string, [judgement: string, sentence: string]>>;
  phrases: Record<string, string>;
}

export type RoadRow = [
  steps: number[],
  swaps: number[],
  ends: number[],
  always: number,
  why: number,
  head: number,
  instruction: number,
  bits: number,
  slot: number,
  register: number,
  evidence: number,
  recorded: number,
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
  bottom: number;
  compact: boolean;
  order: number[];
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
