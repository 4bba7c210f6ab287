package io.twinbeat.lvs.realserver;

/**
 * One thing that {@code realserver check} looked at, and how to mend it where it is not good. What
 * is {@code RISKY} works, with something that one should know.
 */
public record Finding(String what, Verdict verdict, String detail, String mend) {
  /** How it is. */
  public enum Verdict {
    GOOD,
    RISKY,
    BAD
  }

  static Finding good(String what, String detail) {
    return new Finding(what, Verdict.GOOD, detail, "");
  }

  static Finding bad(String what, String detail, String mend) {
    return new Finding(what, Verdict.BAD, detail, mend);
  }

  static Finding risky(String what, String detail, String mend) {
    return new Finding(what, Verdict.RISKY, detail, mend);
  }
}
