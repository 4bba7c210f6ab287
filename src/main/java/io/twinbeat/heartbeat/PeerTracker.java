package io.twinbeat.heartbeat;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which incarnation of the peer is the present one, and whether a frame of it proves life: only if
 * what it echoes of ours was sent less than a deadtime ago. Pure: time comes in, as stamps
 * (nanoseconds since our start, from 1 on). Any thread.
 */
final class PeerTracker implements Opener.Lives {
  /** Lives of the peer that are refused; a forgotten one still fails to be fresh. */
  private static final int OVER_MAX = 1024;

  private static final int MESSAGES_REMEMBERED = 4096;

  /** What a frame was worth. */
  enum Worth {
    /** A fresh frame of the present incarnation. */
    LIVE,
    /** The first fresh frame of an incarnation that takes the place of none or of an older one. */
    LIVE_ADOPTED,
    /** Authentic, but no proof that its sender is alive now, or that it knows us. */
    NOT_FRESH,
    /** From a life that has ended. */
    OVER
  }

  /** {@code linkFresh}: this very link carried something of ours to the peer within a deadtime. */
  record Verdict(Worth worth, boolean linkFresh, boolean isNew, long replaced) {
    boolean live() {
      return worth == Worth.LIVE || worth == Worth.LIVE_ADOPTED;
    }
  }

  /** An incarnation that was heard, and the highest stamps of it, to be echoed. */
  private static final class Heard {
    final long incarnation;
    final long[] linkStamps;
    long stamp;
    long at;

    Heard(long incarnation, int links) {
      this.incarnation = incarnation;
      this.linkStamps = new long[links];
    }

    void note(int link, long theirStamp, long now) {
      linkStamps[link] = Math.max(linkStamps[link], theirStamp);
      stamp = Math.max(stamp, theirStamp);
      at = Math.max(at, now);
    }
  }

  private final long ours;
  private final int links;
  private final long deadtime;
  private final Set<Long> over = new LinkedHashSet<>();
  private Heard present;
  private Heard candidate;
  private long lastLive;
  private long highestBeat;
  private ReplayWindow messages = new ReplayWindow(MESSAGES_REMEMBERED);

  PeerTracker(long ours, int links, long deadtimeNanos) {
    this.ours = ours;
    this.links = links;
    this.deadtime = deadtimeNanos;
  }

  /** Judges one authentic frame, received at our stamp {@code now}. */
  synchronized Verdict received(Frame frame, int link, long now) {
    if (over.contains(frame.incarnation())) {
      return new Verdict(Worth.OVER, false, false, 0);
    }
    Frame.Echo echo = frame.echo();
    boolean knowsUs = echo.incarnation() == ours;
    boolean linkFresh = knowsUs && fresh(echo.linkStamp(), now);
    long echoed = Math.max(echo.linkStamp(), echo.stamp());
    boolean live = knowsUs && fresh(echoed, now);
    if (present != null && present.incarnation == frame.incarnation()) {
      present.note(link, frame.stamp(), now);
      if (!live) {
        return new Verdict(Worth.NOT_FRESH, false, false, 0);
      }
      lastLive = Math.max(lastLive, now);
      return new Verdict(Worth.LIVE, linkFresh, isNew(frame), 0);
    }
    if (candidate == null || candidate.incarnation != frame.incarnation()) {
      candidate = new Heard(frame.incarnation(), links);
    }
    candidate.note(link, frame.stamp(), now);
    // To take the place of a present incarnation it must have heard us after that one was last
    // heard: a frame of an earlier life that was held back on the way did not.
    if (!live || (present != null && echoed <= lastLive)) {
      return new Verdict(Worth.NOT_FRESH, false, false, 0);
    }
    long replaced = present == null ? 0 : present.incarnation;
    end();
    present = candidate;
    candidate = null;
    lastLive = now;
    return new Verdict(Worth.LIVE_ADOPTED, linkFresh, isNew(frame), replaced);
  }

  private boolean fresh(long echoedStamp, long now) {
    return echoedStamp > 0 && echoedStamp <= now && now - echoedStamp < deadtime;
  }

  private boolean isNew(Frame frame) {
    return switch (frame.type()) {
      case BEAT -> {
        boolean news = frame.sequence() > highestBeat;
        highestBeat = Math.max(highestBeat, frame.sequence());
        yield news;
      }
      case MESSAGE -> {
        boolean news = messages.isNew(frame.sequence());
        if (news) {
          messages.mark(frame.sequence());
        }
        yield news;
      }
      case BYE, PROBE, ANSWER -> true;
    };
  }

  /** The present incarnation is over (it said goodbye, or another took its place). */
  synchronized void end() {
    if (present == null) {
      return;
    }
    if (over.size() >= OVER_MAX) {
      over.remove(over.iterator().next());
    }
    over.add(present.incarnation);
    present = null;
    highestBeat = 0;
    messages = new ReplayWindow(MESSAGES_REMEMBERED);
  }

  /**
   * What our next frame on this link echoes: the present incarnation while it is alive, else
   * whoever was heard last, so that a restarted peer learns that it was heard.
   */
  synchronized Frame.Echo echo(int link, long now) {
    Heard heard = present;
    if (candidate != null
        && (present == null || (now - lastLive >= deadtime && candidate.at > present.at))) {
      heard = candidate;
    }
    return heard == null
        ? Frame.Echo.NONE
        : new Frame.Echo(heard.incarnation, heard.linkStamps[link], heard.stamp);
  }

  @Override
  public synchronized boolean isOver(long incarnation) {
    return over.contains(incarnation);
  }

  @Override
  public synchronized boolean isPresent(long incarnation) {
    return present != null && present.incarnation == incarnation;
  }

  /** The present incarnation, or 0. */
  synchronized long present() {
    return present == null ? 0 : present.incarnation;
  }

  /** Our stamp when a frame last proved life, on any link; 0 before the first. */
  synchronized long lastLive() {
    return lastLive;
  }
}
