package io.twinbeat.heartbeat;

/**
 * Whether one link works, each direction by itself: up from the first frame that proves both
 * directions, down when none came for a deadtime. Pure: times in nanoseconds come in. Any thread.
 */
final class LinkHealth {
  /** Why a link went down. */
  record Down(long silent, boolean oneWay) {}

  private final long deadtime;
  private final Gaps gaps;
  private boolean up;
  private boolean oneWay;
  private boolean everProved;
  private boolean everArrived;
  private long proved;
  private long arrived;

  LinkHealth(long deadtimeNanos) {
    this.deadtime = deadtimeNanos;
    this.gaps = new Gaps(deadtimeNanos);
  }

  /** An authentic frame arrived that does not prove that ours arrive. */
  synchronized void arrived(long now) {
    everArrived = true;
    arrived = now;
  }

  /**
   * A frame arrived that proves both directions. True if the link was not up before. {@code
   * notBefore} as in {@link #judge}.
   */
  synchronized boolean proved(long now, long notBefore) {
    arrived(now);
    gaps.arrived(now, notBefore);
    boolean rises = !up;
    everProved = true;
    proved = Math.max(proved, now);
    up = true;
    oneWay = false;
    return rises;
  }

  /**
   * Null unless the link goes down now. Silence before {@code notBefore}, when we ourselves were
   * not looking, does not count.
   */
  synchronized Down judge(long now, long notBefore) {
    if (!up) {
      oneWay = everArrived && now - arrived < deadtime;
      return null;
    }
    if (now - Math.max(proved, notBefore) < deadtime) {
      return null;
    }
    up = false;
    oneWay = now - arrived < deadtime;
    return new Down(now - proved, oneWay);
  }

  /** The peer left: there is nothing to be proved until it returns. */
  synchronized void rest() {
    gaps.rest();
    up = false;
    oneWay = false;
  }

  /** When {@link #judge} can next say something new. */
  synchronized long due(long notBefore) {
    return up ? Math.max(proved, notBefore) + deadtime : Long.MAX_VALUE;
  }

  synchronized boolean up() {
    return up;
  }

  synchronized boolean oneWay() {
    return oneWay;
  }

  /** Time since the last proof, or -1 if there was none. */
  synchronized long age(long now) {
    return everProved ? Math.max(0, now - proved) : -1;
  }

  GapReport gaps() {
    return gaps.report();
  }
}
