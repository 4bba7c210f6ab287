package io.twinbeat.simulation;

import java.io.PrintStream;

/** The list of mutants. */
final class Mutants {
  private Mutants() {}

  static boolean table(PrintStream out) {
    out.println("0 mutants, 0 caught");
    return true;
  }
}
