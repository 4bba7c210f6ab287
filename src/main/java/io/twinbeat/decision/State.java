package io.twinbeat.decision;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that one node's core knows. To its readers a value: a step writes only its own copy, and
 * nothing changes it after the step.
 */
public final class State {
  /** How this node is going. */
  public enum Going {
    STAYS,
    /** Handing over, then goodbye. */
    LEAVES,
    /** Services kept. */
    RESTARTS,
    GONE
  }

  /** An alarm that stands. */
  public record Alarm(Moment since, String sentence, String mend) {}

  /** What maintenance keeps from being done on a subject, and when there last was cause for it. */
  record Withheld(Rule rule, Moment lastCause) {}

  /** An operator's order that waits for its end. */
  record Pending(long id, String kind, String group, Moment deadline) {}

  long incarnation;
  Moment started;
  Moment lastEvent;

  /** Silence is counted from here at the earliest: the start, or the end of an own stall. */
  Moment listeningSince;

  /** Grows with each step; orders what the peer hears. */
  long version;

  long lastId;
  boolean connected = true;
  String connection = "not looked at yet";

  /** When the connection was lost; null while it is there. */
  Moment connectionLostAt;

  Going going = Going.STAYS;
  Moment goingSince;
  long backWithinMillis;
  PeerState peer;
  Map<String, GroupState> groups = new LinkedHashMap<>();

  /** The fence under way; 0 for none. */
  long fenceId;

  /** The peer's incarnation when the fence began, 0 when it was not known. */
  long fenceTarget;

  boolean fenceLookOnly;
  int fenceFailures;
  Moment fenceRetryAt;

  /** When this node's turn to shoot begins, or began; null while there is no cause. */
  Moment fenceWaitUntil;

  /**
   * When this node last asked to be fenced. An earlier life may have asked too, so at first the
   * start.
   */
  Moment askedAt;

  /** Since when the peer is heard to ask to be fenced; null when it does not. */
  Moment theyAskSince;

  /** Until then no start-up fence may be shot; null when one may. */
  Moment startFenceSpentUntil;

  Maintenance maintenance = Maintenance.NONE;

  /** When the disk was last told how long it lasts. */
  Moment maintenanceKeptAt;

  Map<String, Withheld> withheld = new LinkedHashMap<>();
  List<Pending> pending = List.of();
  Map<String, Alarm> alarms = new LinkedHashMap<>();

  /** The rule last said on each subject, so that a standing decision is said once. */
  Map<String, String> said = new LinkedHashMap<>();

  State copy() {
    State c = new State();
    c.incarnation = incarnation;
    c.started = started;
    c.lastEvent = lastEvent;
    c.listeningSince = listeningSince;
    c.version = version;
    c.lastId = lastId;
    c.connected = connected;
    c.connection = connection;
    c.connectionLostAt = connectionLostAt;
    c.going = going;
    c.goingSince = goingSince;
    c.backWithinMillis = backWithinMillis;
    c.peer = peer == null ? null : peer.copy();
    groups.forEach((name, group) -> c.groups.put(name, group.copy()));
    c.fenceId = fenceId;
    c.fenceTarget = fenceTarget;
    c.fenceLookOnly = fenceLookOnly;
    c.fenceFailures = fenceFailures;
    c.fenceRetryAt = fenceRetryAt;
    c.fenceWaitUntil = fenceWaitUntil;
    c.askedAt = askedAt;
    c.theyAskSince = theyAskSince;
    c.startFenceSpentUntil = startFenceSpentUntil;
    c.maintenance = maintenance;
    c.maintenanceKeptAt = maintenanceKeptAt;
    c.withheld.putAll(withheld);
    c.pending = pending;
    c.alarms.putAll(alarms);
    c.said.putAll(said);
    return c;
  }

  public long incarnation() {
    return incarnation;
  }

  public Moment started() {
    return started;
  }

  public PeerState peer() {
    return peer;
  }

  public GroupState group(String name) {
    return groups.get(name);
  }

  public List<GroupState> groups() {
    return List.copyOf(groups.values());
  }

  public boolean connected() {
    return connected;
  }

  public String connection() {
    return connection;
  }

  public Going going() {
    return going;
  }

  public Maintenance maintenance() {
    return maintenance;
  }

  public boolean fencing() {
    return fenceId != 0;
  }

  public Map<String, Alarm> alarms() {
    return Map.copyOf(alarms);
  }
}
