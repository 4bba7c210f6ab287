package io.twinbeat.decision;

import java.time.Duration;

/**
 * Of two nodes that may both have cause to shoot, each shoots in its turn, so that not both die.
 */
final class FenceTurns {
  private FenceTurns() {}

  /**
   * Where both may have cause to shoot, they shoot in turns, however late the cause of either
   * begins. Turns are counted from the deadtime's end, which both reach within a deadtime of each
   * other: at once whoever goes first, then every second turn the preferred node, and between them
   * the other. A turn begins a whole fence wait after the last one, and a shot only in the first
   * half deadtime of it: so it has struck, or failed, before the next one's turn.
   */
  static boolean mustWait(Turn t) {
    if (!t.on(Rule.WAIT_FIRST) || !takesTurns(t) || FenceRules.onlyLooks(t)) {
      return false;
    }
    Moment turn = turn(t);
    if (t.now.isBefore(turn) && !turn.equals(t.s.fenceWaitUntil)) {
      t.decide(Rule.WAIT_FIRST, Turn.PEER, Turn.millis(turn.since(t.now)));
    }
    t.s.fenceWaitUntil = turn;
    return t.now.isBefore(turn);
  }

  /** When this node's next turn begins, or when the one began that is not over. */
  static Moment turn(Turn t) {
    Duration length = t.settings.fenceWait();
    Duration deadtime = t.settings.deadtime();
    Moment heard = t.peer().lastHeard;
    Moment from = heard == null ? t.s.started.plus(t.settings.initdead()) : heard.plus(deadtime);
    if (length.isZero()) {
      return from;
    }
    Duration open = (length.compareTo(deadtime) < 0 ? length : deadtime).dividedBy(2);
    long over = t.on(Guard.TURNS_END) ? Math.max(0, t.now.since(from).dividedBy(length)) : 0;
    for (long number = over; ; number++) {
      Moment begins = from.plus(length.multipliedBy(number));
      boolean past = t.on(Guard.TURNS_END) && !t.now.isBefore(begins.plus(open));
      if (!past && isOwn(t, number)) {
        return begins;
      }
    }
  }

  private static boolean isOwn(Turn t, long number) {
    boolean even = preferred(t) && t.on(Guard.WAIT_UNEQUAL);
    return number == 0 ? !goesSecond(t) : (number % 2 == 0) == even;
  }

  /**
   * Whether the peer may have cause to shoot, too: only an active holder has none, as long as this
   * node does not ask to be fenced. A start may have failed and a stop have ended since the last
   * word; with a request of ours open, also a holder may just have let go.
   */
  static boolean takesTurns(Turn t) {
    for (GroupState g : t.s.groups.values()) {
      Status.GroupStatus theirs = t.peers(g);
      if (g.phase == Phase.STUCK
          || theirs == null
          || theirs.phase() != Phase.ACTIVE
          || (g.ask != 0 && t.on(Guard.ASK_IS_CAUSE))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Who was never heard may hold anything, and who asks is shot by the other; what we granted, the
   * peer may hold by now.
   */
  private static boolean goesSecond(Turn t) {
    if ((t.peer().last == null && t.on(Guard.UNKNOWN_HOLDS)) || asks(t.s)) {
      return true;
    }
    int mine = 0;
    int theirs = 0;
    for (GroupState g : t.s.groups.values()) {
      mine += g.phase.mayHold() ? 1 : 0;
      Status.GroupStatus peers = t.peers(g);
      boolean mayHold = peers != null && peers.phase().mayHold();
      theirs += mayHold || (g.phase == Phase.GRANTED && t.on(Guard.GRANTED_COUNTS)) ? 1 : 0;
    }
    return mine == theirs ? !preferred(t) : mine < theirs;
  }

  private static boolean preferred(Turn t) {
    return t.settings.preferredNode().equals(t.settings.self());
  }

  private static boolean asks(State s) {
    return s.groups.values().stream().anyMatch(g -> g.phase == Phase.STUCK);
  }

  static void whoAsks(Turn t) {
    if (asks(t.s)) {
      t.s.askedAt = t.now;
    }
    boolean theyAsk =
        t.talking()
            && t.peer().last.groups().values().stream().anyMatch(TakeoverRules::asksForFence);
    if (!theyAsk) {
      t.s.theyAskSince = null;
    } else if (t.s.theyAskSince == null) {
      t.s.theyAskSince = t.now;
    }
  }

  /**
   * A node that asks to be fenced, or asked a short while ago, may have a shot of the peer under
   * way to it. The preferred one shoots when the peer, which shoots nobody while it asks, has asked
   * for so long that no shot of before can be under way; the other one never.
   */
  static boolean mayRelieve(Turn t) {
    Duration wait = t.settings.fenceWait();
    boolean asked = t.now.since(t.s.askedAt).compareTo(wait) < 0;
    boolean theyShootNoMore =
        t.s.theyAskSince != null && t.now.since(t.s.theyAskSince).compareTo(wait) >= 0;
    return !asked || (preferred(t) && theyShootNoMore);
  }
}
