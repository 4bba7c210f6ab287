package io.twinbeat.decision;

import java.util.ArrayList;
import java.util.List;

/** The peer as this node's core sees it. Written only in a step's own copy of the state. */
public final class PeerState {
  /** What is known of the peer. */
  public enum Hearing {
    /** Not heard since this node started, and still listening. */
    LISTENING,
    HEARD,
    /** Nothing for warntime. */
    LATE,
    /** Nothing on any link for deadtime. */
    SILENT,
    /** Silent, but its service answers through its address. */
    DISCONNECTED,
    /** Known to be off, or gone with everything stopped. */
    OFF
  }

  /** How the peer is known to be off. */
  public enum Off {
    NO,
    FENCED,
    LEFT,
    CONFIRMED
  }

  private static final int RETIRED_MAX = 16;

  Hearing hearing = Hearing.LISTENING;
  Moment since;

  /** The last accepted status; null when none was, or when its latest words are not understood. */
  Status last;

  /** The life that is heard and not understood; 0 for none. */
  long foreign;

  /** The incarnation that arrived last, whether it knows this life or not; 0 before any. */
  long seen;

  /** Null when the peer was not heard since this node started. */
  Moment lastHeard;

  List<Long> retired = List.of();
  Off off = Off.NO;
  boolean restarting;

  /** With {@code restarting}: when it means to be back at the latest. */
  Moment backBy;

  boolean processDied;

  PeerState(Moment since) {
    this.since = since;
  }

  PeerState copy() {
    PeerState c = new PeerState(since);
    c.hearing = hearing;
    c.last = last;
    c.foreign = foreign;
    c.seen = seen;
    c.lastHeard = lastHeard;
    c.retired = retired;
    c.off = off;
    c.restarting = restarting;
    c.backBy = backBy;
    c.processDied = processDied;
    return c;
  }

  /** The incarnation that was heard last, understood or not; 0 when none was. */
  public long life() {
    return last == null ? foreign : last.incarnation();
  }

  void retire(long incarnation) {
    List<Long> all = new ArrayList<>(retired);
    all.add(incarnation);
    retired = List.copyOf(all.subList(Math.max(0, all.size() - RETIRED_MAX), all.size()));
  }

  public Hearing hearing() {
    return hearing;
  }

  public Moment since() {
    return since;
  }

  /** Null when none was heard since this node started, or what is heard is not understood. */
  public Status last() {
    return last;
  }

  /** Null when the peer was not heard since this node started. */
  public Moment lastHeard() {
    return lastHeard;
  }

  /** Whether the peer is alive and says what this node does not understand. */
  public boolean isForeign() {
    return foreign != 0;
  }

  public Off off() {
    return off;
  }

  public boolean restarting() {
    return restarting;
  }
}
