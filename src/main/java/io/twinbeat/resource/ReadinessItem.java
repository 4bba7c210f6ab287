package io.twinbeat.resource;

import java.time.Duration;

/**
 * One answer to "could it be started here now?".
 *
 * @param pointless BAD here means that a takeover could not work
 * @param detail what was seen
 * @param mend what the operator can do about it; empty when good
 * @param checkedNanos when it was seen, {@link System#nanoTime}
 * @param limit an older answer counts as unknown
 */
public record ReadinessItem(
    String name,
    State state,
    boolean pointless,
    String detail,
    String mend,
    long checkedNanos,
    Duration limit) {

  /** For what is looked at every few seconds, by looks that may take half a minute. */
  public static final Duration LIMIT = Duration.ofSeconds(90);

  /** Unknown is a state of its own: never looked at, or the look itself failed. */
  public enum State {
    GOOD,
    /** Worth a word, and no reason not to move a group here. */
    WARNING,
    BAD,
    UNKNOWN
  }

  public static ReadinessItem good(String name, String detail) {
    return now(name, State.GOOD, false, detail, "");
  }

  public static ReadinessItem warning(String name, String detail, String mend) {
    return now(name, State.WARNING, false, detail, mend);
  }

  /** Bad, but a takeover can still work. */
  public static ReadinessItem bad(String name, String detail, String mend) {
    return now(name, State.BAD, false, detail, mend);
  }

  /** Bad, and a takeover could not work. */
  public static ReadinessItem hopeless(String name, String detail, String mend) {
    return now(name, State.BAD, true, detail, mend);
  }

  public static ReadinessItem unknown(String name, String why) {
    return now(name, State.UNKNOWN, false, why, "");
  }

  private static ReadinessItem now(
      String name, State state, boolean pointless, String detail, String mend) {
    return new ReadinessItem(name, state, pointless, detail, mend, System.nanoTime(), LIMIT);
  }

  /** The same, seen at another time. */
  public ReadinessItem seen(long nanos) {
    return new ReadinessItem(name, state, pointless, detail, mend, nanos, limit);
  }

  /** The same, good for another time. */
  public ReadinessItem within(Duration other) {
    return new ReadinessItem(name, state, pointless, detail, mend, checkedNanos, other);
  }

  public boolean stale(long now) {
    return now - checkedNanos > limit.toNanos();
  }

  /** What it is worth at this time: what was seen too long ago is not known any more. */
  public ReadinessItem at(long now) {
    if (!stale(now)) {
      return this;
    }
    long seconds = Duration.ofNanos(now - checkedNanos).toSeconds();
    return new ReadinessItem(
        name,
        State.UNKNOWN,
        false,
        "was not looked at for " + seconds + " s; at that time: " + detail,
        mend.isEmpty() ? "twinbeat check looks again; if that does not help, see the log" : mend,
        checkedNanos,
        limit);
  }

  /** Whether a group is not moved here by plan because of it. */
  public boolean gates() {
    return switch (state) {
      case GOOD, WARNING -> false;
      case BAD, UNKNOWN -> true;
    };
  }
}
