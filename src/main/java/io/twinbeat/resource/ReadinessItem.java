package io.twinbeat.resource;

/**
 * One answer to "could it be started here now?".
 *
 * @param pointless BAD here means that a takeover could not work
 * @param detail what was seen
 * @param mend what the operator can do about it; empty when good
 * @param checkedNanos when it was seen, {@link System#nanoTime}
 */
public record ReadinessItem(
    String name, State state, boolean pointless, String detail, String mend, long checkedNanos) {

  /** Unknown is a state of its own: never looked at, or the look itself failed. */
  public enum State {
    GOOD,
    BAD,
    UNKNOWN
  }

  public static ReadinessItem good(String name, String detail) {
    return new ReadinessItem(name, State.GOOD, false, detail, "", System.nanoTime());
  }

  /** Bad, but a takeover can still work. */
  public static ReadinessItem bad(String name, String detail, String mend) {
    return new ReadinessItem(name, State.BAD, false, detail, mend, System.nanoTime());
  }

  /** Bad, and a takeover could not work. */
  public static ReadinessItem hopeless(String name, String detail, String mend) {
    return new ReadinessItem(name, State.BAD, true, detail, mend, System.nanoTime());
  }

  public static ReadinessItem unknown(String name, String why) {
    return new ReadinessItem(name, State.UNKNOWN, false, why, "", System.nanoTime());
  }
}
