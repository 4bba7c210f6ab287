package io.twinbeat.daemon;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.Status;
import io.twinbeat.heartbeat.Heartbeat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what the heartbeat hears into events for the core, and link troubles into alarms. */
final class PeerEar implements Heartbeat.Listener {
  /** The longest answer, and what stands around it. */
  private static final int MESSAGE_BYTES_MAX = PeerQuestions.ANSWER_BYTES_MAX + 1024;

  private static final Logger log = LoggerFactory.getLogger(PeerEar.class);

  private final String peer;
  private final EventLoop loop;
  private final PeerFacts facts;
  private final PeerQuestions questions;
  private final DaemonAlarms alarms;
  private final Chronicle chronicle;

  PeerEar(
      String peer,
      EventLoop loop,
      PeerFacts facts,
      PeerQuestions questions,
      DaemonAlarms alarms,
      Chronicle chronicle) {
    this.peer = peer;
    this.loop = loop;
    this.facts = facts;
    this.questions = questions;
    this.alarms = alarms;
    this.chronicle = chronicle;
  }

  @Override
  public void heard(long peerIncarnation, byte[] bytes, int link, long receivedNanos) {
    Moment receivedAt = new Moment(receivedNanos);
    decoded(peerIncarnation, bytes, receivedAt)
        .ifPresent(status -> loop.hear(new Event.HeartbeatArrived(status, receivedAt)));
  }

  @Override
  public void peerSaidGoodbye(long peerIncarnation, byte[] bytes) {
    decoded(peerIncarnation, bytes, EventLoop.now())
        .ifPresent(status -> loop.hear(new Event.PeerSaidGoodbye(status)));
  }

  /** Authentic in any case: whoever cannot be understood is alive all the same. */
  private Optional<Status> decoded(long peerIncarnation, byte[] bytes, Moment receivedAt) {
    try {
      Status status = StatusCodec.decode(bytes);
      if (status.node().equals(peer) && status.incarnation() == peerIncarnation) {
        return Optional.of(status);
      }
      alarms.raise(
          "stranger",
          "a node that holds the key calls itself "
              + PeerText.shown(status.node())
              + ", not "
              + peer,
          "every pair needs a key of its own");
    } catch (IOException e) {
      String why = PeerText.shown(e.getMessage());
      loop.hear(new Event.HeartbeatNotUnderstood(peerIncarnation, why, receivedAt));
    }
    return Optional.empty();
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
  public void message(byte[] bytes) {
    if (bytes.length > MESSAGE_BYTES_MAX) {
      log.warn("a message of {} has {} bytes: too long", peer, bytes.length);
      return;
    }
    try {
      JsonObject message =
          JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
      switch (message.get("kind").getAsString()) {
        case PeerFacts.KIND -> facts.received(message);
        case PeerQuestions.QUESTION -> questions.asked(message);
        case PeerQuestions.ANSWER -> questions.answered(message);
        default -> {} // Of a newer version.
      }
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | NumberFormatException
        | UnsupportedOperationException e) {
      log.warn("a message of {} cannot be read: {}", peer, PeerText.shown(e.getMessage()));
    }
  }
}
