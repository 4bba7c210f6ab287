package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.twinbeat.journal.StateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a daemon finds on its disk is old, or is nothing that it wrote. */
@Timeout(180)
class KeptStateIT {
  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  private static Path state(LabNode node) {
    return node.disk().resolve("var/lib/twinbeat/state");
  }

  /** The daemon ends, its file becomes this, and it starts again. */
  private static void wakeUpWith(LabNode node, byte[] bytes) throws IOException {
    node.holdDaemon();
    node.killDaemon();
    ScenePair.await("no daemon on " + node.name(), () -> node.daemonPid().isEmpty());
    Files.write(state(node), bytes);
    node.releaseDaemon();
  }

  private static long term(LabNode node) {
    JsonObject group =
        Daemons.status(node).orElseThrow().json().getAsJsonArray("groups").get(0).getAsJsonObject();
    return group.get("term").getAsLong();
  }

  /** Both nodes get the state of last week back: terms go on from what the other one knows. */
  @Test
  void aRestoredBackup() throws IOException {
    byte[] old1 = Files.readAllBytes(state(PAIR.lb1()));
    byte[] old2 = Files.readAllBytes(state(PAIR.lb2()));
    long before = term(PAIR.lb1());
    ScenePair.twinbeat(0, PAIR.lb2(), "takeover");
    ScenePair.twinbeat(0, PAIR.lb1(), "takeover");
    PAIR.calm("lb1");
    long newest = term(PAIR.lb1());
    assertTrue(newest >= before + 2, before + " and then " + newest);
    PAIR.mark();
    wakeUpWith(PAIR.lb2(), old2);
    PAIR.calm("lb1");
    wakeUpWith(PAIR.lb1(), old1);
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
    ScenePair.twinbeat(0, PAIR.lb2(), "takeover");
    PAIR.calm("lb2");
    assertTrue(term(PAIR.lb2()) > newest, "a used term: " + term(PAIR.lb2()));
    PAIR.nobodyShot();
  }

  /** It cannot know that it holds by right: it lets go, and the two agree anew. */
  @Test
  void aHolderThatCannotReadItsState() throws IOException {
    Path future = Files.createTempFile("twinbeat-state", "");
    try {
      new StateFile(future)
          .write("{\"format\":99,\"groups\":{\"site\":{\"term\":9223372036854775807}}}");
      wakeUpWith(PAIR.lb1(), Files.readAllBytes(future));
    } finally {
      Files.delete(future);
    }
    PAIR.logs(PAIR.lb1(), "format 99, expected 1");
    ScenePair.await("one holder", () -> PAIR.lab().holders().size() == 1);
    String holder = PAIR.lab().holders().iterator().next();
    PAIR.calm(holder);
    PAIR.nobodyShot();
    ScenePair.measured(
        "holder with an unreadable state: client outage %.0f ms", PAIR.longestOutageMillis());
  }

  @Test
  void aStandbyWithATornState() throws IOException {
    byte[] whole = Files.readAllBytes(state(PAIR.lb2()));
    wakeUpWith(PAIR.lb2(), java.util.Arrays.copyOf(whole, whole.length / 2));
    PAIR.logs(PAIR.lb2(), "everything is taken for unknown");
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
    assertEquals(Set.of("lb1"), PAIR.lab().holders());
  }
}
