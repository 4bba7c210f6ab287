package io.twinbeat.simulation;

import java.util.HashSet;
import java.util.Set;

/**
 * What one life of a daemon hears of its peer on the wire: which incarnation is present, and
 * whether a frame proves life. A model of the real transport; a lax one lets more through, so that
 * the core must guard itself.
 */
final class Ear {
  private final long ours;
  private final long deadtime;
  private final boolean lax;
  private final Set<Long> over = new HashSet<>();

  /** Lives that knew of this one; of the lax transport only. */
  private final Set<Long> known = new HashSet<>();

  private long newestBegan;
  private long present;
  private long presentStamp;
  private long presentAt;
  private long highest;
  private long lastLive;
  private long candidate;
  private long candidateStamp;
  private long candidateAt;

  Ear(long ours, long deadtime, boolean lax) {
    this.ours = ours;
    this.deadtime = deadtime;
    this.lax = lax;
  }

  /** Whether the core gets to see the frame. */
  boolean hear(Wire.Frame frame, long monotonic, long trueNow) {
    if (lax) {
      present = frame.incarnation();
      presentStamp = frame.stamp();
      return trueNow - frame.sentAt() < deadtime && comesInOrder(frame);
    }
    if (over.contains(frame.incarnation())) {
      return false;
    }
    boolean live = frame.echoIncarnation() == ours && monotonic - frame.echoStamp() < deadtime;
    if (present == frame.incarnation()) {
      presentStamp = Math.max(presentStamp, frame.stamp());
      presentAt = monotonic;
      if (!live) {
        return false;
      }
      lastLive = monotonic;
      boolean news = frame.bye() || frame.sequence() > highest;
      highest = Math.max(highest, frame.sequence());
      return news;
    }
    if (candidate != frame.incarnation()) {
      candidate = frame.incarnation();
      candidateStamp = frame.stamp();
    }
    candidateStamp = Math.max(candidateStamp, frame.stamp());
    candidateAt = monotonic;
    if (!live || (present != 0 && frame.echoStamp() <= lastLive)) {
      return false;
    }
    if (present != 0) {
      over.add(present);
    }
    present = candidate;
    presentStamp = candidateStamp;
    presentAt = monotonic;
    candidate = 0;
    lastLive = monotonic;
    highest = frame.sequence();
    return true;
  }

  /**
   * Also a lax transport brings no life that was never there after one that began later; frames of
   * a life that was there may still come.
   */
  private boolean comesInOrder(Wire.Frame frame) {
    boolean knowsUs = frame.status().hears() == ours || frame.echoIncarnation() == ours;
    if (!knowsUs || known.contains(frame.incarnation())) {
      return true;
    }
    if (frame.began() < newestBegan) {
      return false;
    }
    newestBegan = frame.began();
    return known.add(frame.incarnation());
  }

  private boolean echoesCandidate(long monotonic) {
    return candidate != 0
        && (present == 0 || (monotonic - lastLive >= deadtime && candidateAt > presentAt));
  }

  long echoIncarnation(long monotonic) {
    return echoesCandidate(monotonic) ? candidate : present;
  }

  long echoStamp(long monotonic) {
    return echoesCandidate(monotonic) ? candidateStamp : presentStamp;
  }

  long present() {
    return present;
  }
}
