package io.twinbeat.decision;

import java.util.Set;

/** What the simulator needs of the core that the program must not use. */
public final class Inside {
  private Inside() {}

  /** A core that lacks rules or guards: a mutant. */
  public static Core core(Settings settings, Set<? extends Protection> switchedOff) {
    return new Core(settings, switchedOff);
  }

  public static long grantTo(GroupState g) {
    return g.grantTo;
  }

  public static long grantAsk(GroupState g) {
    return g.grantAsk;
  }

  public static long grantTerm(GroupState g) {
    return g.grantTerm;
  }

  /** The open request; 0 for none. */
  public static long ask(GroupState g) {
    return g.ask;
  }

  public static boolean backingOff(GroupState g, Moment now) {
    return g.backingOff(now);
  }

  public static long version(State s) {
    return s.version;
  }

  public static int pending(State s) {
    return s.pending.size();
  }

  public static int alarms(State s) {
    return s.alarms.size();
  }

  /** The subjects on which something was said; grows with the groups only. */
  public static int said(State s) {
    return s.said.size();
  }

  /** Whether this node knows for so long yet that the peer's daemon comes back. */
  public static boolean awaits(State s, java.time.Duration length, Moment now) {
    PeerState p = s.peer;
    return p.processDied || (p.restarting && !now.plus(length).isAfter(p.backBy));
  }

  public static int retired(State s) {
    return s.peer.retired.size();
  }
}
