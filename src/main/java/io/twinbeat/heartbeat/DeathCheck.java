package io.twinbeat.heartbeat;

/**
 * Turns the kernel's word that nobody listens on the peer's port (forgeable by anyone on the wire)
 * into a verdict: after the first such word the peer is probed over every link, and it is gone only
 * if no sealed frame of it arrives for a moment and every link that is up gave the same word. Pure:
 * times in nanoseconds come in. Any thread.
 */
final class DeathCheck {
  /** How long a live peer has to answer the probe. */
  static final long ANSWER_NANOS = 50_000_000;

  private boolean running;
  private boolean said;
  private long started;
  private long hints;

  /** True if this is the first hint, and the peer is to be probed on all links. */
  synchronized boolean hinted(int link, long now) {
    boolean first = !running;
    if (first) {
      running = true;
      started = now;
      hints = 0;
    }
    hints |= 1L << link;
    return first;
  }

  /** The peer proved that it is alive. */
  synchronized void heard(long now) {
    if (now > started) {
      running = false;
      said = false;
    }
  }

  /** When {@link #gone} can say something. */
  synchronized long due() {
    return running ? started + ANSWER_NANOS : Long.MAX_VALUE;
  }

  /**
   * True once per death, when the time for an answer has passed; {@code up} is the set of links in
   * use. With none in use the peer is silent anyway, and the word of the network is worth nothing.
   */
  synchronized boolean gone(long now, long up) {
    if (!running || now - started < ANSWER_NANOS) {
      return false;
    }
    running = false;
    boolean gone = !said && up != 0 && (up & ~hints) == 0;
    said |= gone;
    return gone;
  }
}
