package io.twinbeat.decision;

/**
 * The page of rules (design, section 4), in its order. Each carries the sentence that is logged
 * when it decides something; the evidence follows the sentence. The simulator switches each off in
 * turn and must find a schedule that breaks a promise.
 */
public enum Rule implements Protection {
  // Peer silence.
  HEARD("the peer is heard"),
  NOT_UNDERSTOOD("the peer is alive, but what it says is not understood: nothing is known of it"),
  LATE("the peer's heartbeat is late: looking at its service and preparing"),
  SILENT("the peer is silent on all links for the whole deadtime"),
  NEVER_HEARD("the peer was not heard since this node started"),
  LOOKED("looked at the service through its address"),
  OWN_STALL("this node itself was not running: all silence measured so far is void"),
  NOTHING_TO_TAKE("the peer is silent, but this node holds every group: nothing to do"),
  NOT_ABLE("not taking the group: a takeover would be pointless here"),
  CUT_OFF("not acting: this node's own connection is bad, it may be the one that is cut off"),
  STILL_SERVED("disconnected: the service still answers through its address, so nobody is shot"),
  CANNOT_TELL("not acting: it cannot be told whether the service answers"),
  WAIT_FIRST("waiting before fencing: the peer may have cause too, and it is not this node's turn"),
  FENCE("fencing the peer: silent, and its service does not answer"),
  START_FENCE_ONCE("only looking whether the peer is off: this node has had its start-up fence"),
  FENCE_ON_REQUEST("fencing the peer at its own request: it cannot prove that it let go"),
  BOTH_ASK("not fencing the peer at its own request: this node asks too, or did a short while ago"),
  FENCE_CONFIRMED("the peer is off: fenced, and a separate status said so"),
  FENCE_FAILED("not taking over: the fence is not confirmed"),
  FENCE_OVERTAKEN("the fence's result is void: the peer came back in a new life meanwhile"),
  FENCE_LIED("a fence was confirmed, but the same life of the peer is heard again"),
  TAKE_OVER("taking the group over"),
  UNFENCED("taking over without a fence, as the file accepts"),
  CONFIRMED_BY_OPERATOR("the operator vouches that the peer is off"),

  // Start.
  LISTEN_FIRST("started: listening for the peer before anything else"),
  ADOPT("an earlier life of this daemon holds the group in this boot: kept"),
  CLEAN_UP("the group's address is here without right: removed"),

  // Agreement.
  ECHO("a heartbeat that does not echo this life is ignored"),
  OLD_NEWS("a heartbeat older than one already seen is ignored"),
  ASK_NOBODY_HOLDS("nobody holds the group: asking to start it"),
  GRANT("granting the group to the peer"),
  HAND_OVER("handing the group over"),
  GRANT_RECEIVED("the peer granted the group"),
  GRANT_RETURNED("the peer will not start the group it was granted"),
  RESUME("the peer that asked for the group is gone: the group, never granted away, is resumed"),
  ASK_TIMED_OUT("the request for the group was not answered in time"),
  TWO_HOLDERS_YIELD(
      "two holders met: the other's term is higher or it is preferred, stopping here"),
  TWO_HOLDERS_STAY("two holders met: this node's term is higher or it is preferred, staying"),

  // Failure of a resource, bad connection.
  RESTART_IN_PLACE("a resource failed: restarting it in place"),
  KEEP_TRYING("a resource keeps failing and the peer could not serve: trying on here"),
  OFFER_FAILED("a resource keeps failing: offering the group to the peer"),
  OFFER_BAD_CONNECTION("this node's connection is bad and the peer's is good: offering the group"),
  OFFER_OUT_OF_REACH(
      "the real servers are out of this node's reach and in the peer's: offering the group"),
  OFFER_LEAVING("leaving: offering the group to the peer"),
  OFFER_OPERATOR("the operator asks for standby: offering the group to the peer"),
  OFFER_TAKEN("the peer offers the group: asking for it"),
  START_FAILED("the group could not be started: given up"),
  STARTED("the group is active here"),
  STOPPED("the group is stopped here"),
  STOP_FAILED("the group could not be stopped: this node cannot prove that it let go"),

  // Failback.
  FAILBACK("the preferred node is ready long enough: asking for the group back"),
  COOL_DOWN("no second failback within the cool-down"),

  // Leaving and the operator.
  GOODBYE("the peer said goodbye with everything stopped"),
  PEER_RESTARTING("the peer restarts and keeps its services: holding still"),
  PEER_NOT_BACK("the peer that restarts is not back in the time it gave"),
  PROCESS_DIED("the peer's daemon died while its machine answers"),
  LEAVE("leaving"),
  RESTART("restarting: services are kept"),
  OPERATOR_TAKEOVER("the operator asks for takeover"),
  OPERATOR_FENCE("the operator asks for a fence"),

  // Maintenance.
  MAINTENANCE_ASKED("the operator asks for maintenance: asking the peer to join"),
  MAINTENANCE_ON("in maintenance: nothing is done by itself, on both nodes"),
  MAINTENANCE_REFUSED("maintenance is refused: it would hide a lost service"),
  MAINTENANCE_OVER("maintenance is over: everything is judged anew from here on"),
  WITHHELD("in maintenance, and not done");

  private final String sentence;

  Rule(String sentence) {
    this.sentence = sentence;
  }

  public String sentence() {
    return sentence;
  }
}
