package io.twinbeat.lvs;

/**
 * One answer to "could this node balance now?". {@code mend} is what an operator can do; empty when
 * good. {@code detail} is what was seen.
 */
public record Finding(String name, Grade grade, String detail, String mend) {
  /** How much it matters. */
  public enum Grade {
    GOOD,
    WARNING,
    /** Not by plan; but a takeover can still work. */
    BAD,
    /** A takeover could not work. */
    HOPELESS
  }

  static Finding good(String name, String detail) {
    return new Finding(name, Grade.GOOD, detail, "");
  }
}
