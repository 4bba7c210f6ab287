package io.twinbeat.cli;

/** The exit statuses of every command. */
final class Exit {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  /** It must not be done; the reason was told. */
  static final int REFUSED = 3;

  static final int NO_DAEMON = 4;

  private Exit() {}
}
