package io.twinbeat.daemon;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Fuzz target: any bytes as a reliable message of the peer. */
public final class PeerFuzz {
  private PeerFuzz() {}

  public static void fuzzerTestOneInput(byte[] bytes) {
    PeerFacts facts = new PeerFacts();
    PeerQuestions questions = new PeerQuestions("lb2", message -> true);
    new PeerEar("lb2", null, facts, questions, null, null).message(bytes);
    Optional<PeerFacts.Told> told = facts.told();
    if (told.isEmpty()) {
      return;
    }
    byte[] message =
        PeerFacts.message(
            told.get().readiness(),
            told.get().devices(),
            told.get().macs(),
            told.get().watchdog(),
            told.get().drains());
    facts.received(
        JsonParser.parseString(new String(message, StandardCharsets.UTF_8)).getAsJsonObject());
    PeerFacts.Told again = facts.told().orElseThrow();
    if (!again.readiness().equals(told.get().readiness())
        || !again.devices().equals(told.get().devices())) {
      throw new AssertionError(told.get() + " came back as " + again);
    }
    // What the status shows of it is there.
    told.get().readiness().items().forEach(item -> requireNonNull(item.name()));
    told.get().devices().forEach(device -> requireNonNull(device.node()));
  }
}
