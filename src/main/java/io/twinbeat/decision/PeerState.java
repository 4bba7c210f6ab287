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

  /** The last accepted status; null when none was heard since this node started. */
  Status last;

  /** The incarnation that arrived last, whether it knows this life or not; 0 before any. */
  long seen;

  /** Null when the peer was not heard since this node started. */
  Moment lastHeard;

  List<Long> retired = List.of();
  Off off = Off.NO;
  boolean restarting;
  boolean processDied;

  PeerState(Moment since) {
    this.since = since;
  }

  PeerState copy() {
    PeerState c = new PeerState(since);
    c.hearing = hearing;
    c.last = last;
    c.seen = seen;
    c.lastHeard = lastHeard;
    c.retired = retired;
    c.off = off;
    c.restarting = restarting;
    c.processDied = processDied;
    return c;
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

  /** Null when none was heard since this node started. */
  public Status last() {
    return last;
  }

  /** Null when the peer was not heard since this node started. */
  public Moment lastHeard() {
    return lastHeard;
  }

  public Off off() {
    return off;
  }

  public boolean restarting() {
    return restarting;
  }
}
