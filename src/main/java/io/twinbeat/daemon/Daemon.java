package io.twinbeat.daemon;

/** The daemon; this stands for it until it is there. */
public final class Daemon {
  private Daemon() {}

  /** Runs until stopped; the exit status of the process. */
  public static int run(DaemonOptions options) {
    System.err.println("twinbeat run: there is no daemon yet, to run with " + options.config());
    return 1;
  }
}
