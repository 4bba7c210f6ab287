package io.twinbeat.daemon;

import io.twinbeat.decision.Event;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.Status;
import io.twinbeat.heartbeat.Heartbeat;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what the heartbeat hears into events for the core, and link troubles into alarms. */
final class PeerEar implements Heartbeat.Listener {
  private static final Logger log = LoggerFactory.getLogger(PeerEar.class);

  private final String peer;
  private final EventLoop loop;
  private final PeerFacts facts;
  private final DaemonAlarms alarms;
  private final Chronicle chronicle;

  PeerEar(String peer, EventLoop loop, PeerFacts facts, DaemonAlarms alarms, Chronicle chronicle) {
    this.peer = peer;
    this.loop = loop;
    this.facts = facts;
    this.alarms = alarms;
    this.chronicle = chronicle;
  }

  @Override
  public void heard(long peerIncarnation, byte[] bytes, int link, long receivedNanos) {
    Status status = decoded(peerIncarnation, bytes);
    if (status != null) {
      loop.offer(new Event.HeartbeatArrived(status, new Moment(receivedNanos)));
    }
  }

  @Override
  public void peerSaidGoodbye(long peerIncarnation, byte[] bytes) {
    Status status = decoded(peerIncarnation, bytes);
    if (status != null) {
      loop.put(new Event.PeerSaidGoodbye(status));
    }
  }

  private Status decoded(long peerIncarnation, byte[] bytes) {
    try {
      Status status = StatusCodec.decode(bytes);
      if (status.node().equals(peer) && status.incarnation() == peerIncarnation) {
        return status;
      }
      alarms.raise(
          "stranger",
          "a node that holds the key calls itself " + status.node() + ", not " + peer,
          "every pair needs a key of its own");
    } catch (IOException e) {
      log.warn("a heartbeat of {} cannot be read: {}", peer, e.getMessage());
    }
    return null;
  }

  @Override
  public void linkUp(int link) {
    chronicle.tell("event", "LINK_UP", "link " + link + " to " + peer + " is up", Map.of());
    alarms.clear("link:" + link);
  }

  @Override
  public void linkDown(int link, Duration silent, boolean oneWay) {
    alarms.raise(
        "link:" + link,
        oneWay
            ? "link " + link + " is one-way: " + peer + " is heard but does not hear this node"
            : "link " + link + " to " + peer + " is down",
        "look at the cable, switch and address of link " + link);
  }

  @Override
  public void peerProcessDied(long peerIncarnation, Duration silent) {
    loop.put(new Event.PeerProcessDied(peerIncarnation));
  }

  @Override
  public void peerRestarted(long oldIncarnation, long newIncarnation) {
    chronicle.tell("event", "PEER_RESTARTED", "the daemon of " + peer + " was restarted", Map.of());
  }

  @Override
  public void ownStall(Duration gap) {
    loop.put(new Event.OwnStallNoticed(gap));
  }

  @Override
  public void message(byte[] message) {
    facts.received(message);
  }
}
