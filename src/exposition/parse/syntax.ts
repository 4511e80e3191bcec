/** Where readers of the formats differ: what each of them allows. */
export interface Syntax {
  /** Blanks around every part of a line. */
  readonly blanks: boolean;
  /** A comma after the last label. */
  readonly lastComma: boolean;
  /** No comma between a label and the next one. */
  readonly missingComma: boolean;
  /** A quoted metric name that comes after labels. */
  readonly lateName: boolean;
  /** A newline between quotes, which then end on another line. */
  readonly newlinesInQuotes: boolean;
  /** Comments that are not UTF-8. */
  readonly anyComments: boolean;
  /** A HELP or TYPE that comes again, or after samples of its family. */
  readonly lateMetadata: boolean;
  /** A label `le` or `quantile` that is no number. */
  readonly anyBounds: boolean;
}

/** The text format as the lexer and the parser of Prometheus 3 read it. */
export const TEXT: Syntax = {
  blanks: true,
  lastComma: true,
  missingComma: true,
  lateName: true,
  newlinesInQuotes: true,
  anyComments: true,
  lateMetadata: true,
  anyBounds: true,
};

/** The text format as promtool reads it, and other programs that use the library of the Go client. */
export const PROMTOOL: Syntax = {
  ...TEXT,
  missingComma: false,
  newlinesInQuotes: false,
  anyComments: false,
  lateMetadata: false,
  anyBounds: false,
};

export const OPENMETRICS: Syntax = {
  ...PROMTOOL,
  blanks: false,
  lastComma: false,
  lateName: false,
};
