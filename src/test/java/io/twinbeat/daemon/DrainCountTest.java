package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.control.Response;
import io.twinbeat.linux.IpvsDestination.Connections;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Two nodes that ask each other how many connections a server has, and the wait for none. */
class DrainCountTest {
  private static final DrainDesk.Pace PACE =
      new DrainDesk.Pace(Duration.ofMillis(1), Duration.ofSeconds(20), Duration.ofSeconds(40));

  private static final Duration A_MOMENT = Duration.ofMillis(30);

  private static final Set<String> DIRECTORS = Set.of("front-lvs", "back-lvs");
  private static final Connections NONE = Connections.NONE;

  private final Node lb1 = new Node("lb1", "lb2");
  private final Node lb2 = new Node("lb2", "lb1");
  private final List<String> said = new ArrayList<>();
  private boolean heard = true;

  private final class Node {
    /** By director; one that is not in it is not active here. */
    final Map<String, Connections> kernel = new ConcurrentHashMap<>();

    final PeerQuestions questions;
    final DrainCount count;
    boolean broken;

    Node(String self, String peer) {
      questions = new PeerQuestions(peer, message -> sent(message, peer));
      count = new DrainCount(self, peer, _ -> counters(), questions);
    }

    private Map<String, DrainCount.Counter> counters() {
      Map<String, DrainCount.Counter> counters = new TreeMap<>();
      for (String director : DIRECTORS) {
        counters.put(
            director,
            _ -> {
              if (broken) {
                throw new IOException("no such device");
              }
              return Optional.ofNullable(kernel.get(director));
            });
      }
      return counters;
    }

    void holdsBoth(Connections front, Connections back) {
      kernel.put("front-lvs", front);
      kernel.put("back-lvs", back);
    }
  }

  private boolean sent(byte[] bytes, String to) {
    if (!heard) {
      return false;
    }
    PeerQuestions questions = (to.equals("lb1") ? lb1 : lb2).questions;
    JsonObject message =
        JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
    if (message.get("kind").getAsString().equals(PeerQuestions.QUESTION)) {
      questions.asked(message);
    } else {
      questions.answered(message);
    }
    return true;
  }

  private static String why(Node node) {
    return assertThrows(IOException.class, () -> node.count.of("web1")).getMessage();
  }

  @Test
  void onlyWhoBalancesCounts() throws Exception {
    lb1.holdsBoth(new Connections(3, 2, 1), new Connections(4, 0, 0));
    DrainCount.Count count = new DrainCount.Count(new Connections(7, 2, 1), Set.of("lb1"));
    assertEquals(count, lb1.count.of("web1"));
    assertEquals(count, lb2.count.of("web1"));
    heard = false;
    assertEquals(count, lb1.count.of("web1"));
    assertEquals("lb1 cannot be asked: its daemon is not heard", why(lb2));
  }

  @Test
  void eachNodeMayHoldOne() throws Exception {
    lb1.kernel.put("front-lvs", new Connections(3, 0, 0));
    lb2.kernel.put("back-lvs", new Connections(4, 0, 0));
    for (Node node : List.of(lb1, lb2)) {
      assertEquals(
          new DrainCount.Count(new Connections(7, 0, 0), Set.of("lb1", "lb2")),
          node.count.of("web1"));
    }
  }

  @Test
  void whereOneDirectorIsNowhereNobodyKnows() {
    assertEquals("neither lb1 nor lb2 holds back-lvs, front-lvs", why(lb1));
    lb2.kernel.put("back-lvs", NONE);
    assertEquals("neither lb1 nor lb2 holds front-lvs", why(lb1));
    assertEquals("neither lb2 nor lb1 holds front-lvs", why(lb2));
  }

  @Test
  void aKernelThatCannotBeAskedIsNotNone() {
    lb2.holdsBoth(NONE, NONE);
    lb2.broken = true;
    assertEquals("lb2 cannot count: no such device", why(lb1));
    assertEquals("lb2 cannot count: no such device", why(lb2));
  }

  /** Of an earlier version, or of somebody who found the key. */
  @Test
  void nonsenseIsNotNone() {
    for (String nonsense :
        List.of(
            "{}",
            "{\"directors\": 1}",
            "{\"directors\": {\"front-lvs\": 1}}",
            "{\"directors\": {\"front-lvs\": []}}",
            "{\"directors\": {\"front-lvs\": [0, 0]}}",
            "{\"directors\": {\"front-lvs\": [-1, 0, 0]}}",
            "{\"directors\": {\"front-lvs\": [\"x\", 0, 0]}}")) {
      PeerQuestions[] asking = new PeerQuestions[1];
      asking[0] =
          new PeerQuestions(
              "lb2",
              bytes -> {
                JsonObject answer =
                    JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
                        .getAsJsonObject();
                answer.add("body", JsonParser.parseString(nonsense));
                asking[0].answered(answer);
                return true;
              });
      DrainCount count = new DrainCount("lb1", "lb2", _ -> lb1.counters(), asking[0]);
      IOException why = assertThrows(IOException.class, () -> count.of("web1"), nonsense);
      assertTrue(why.getMessage().startsWith("the answer of lb2 cannot be read"), nonsense);
    }
  }

  private Response.End emptied(Node node, DrainDesk.Pace pace, Runnable atFirstLine)
      throws Exception {
    Response.Sink sink =
        line -> {
          said.add(line.get("sentence").getAsString());
          if (said.size() == 1) {
            atFirstLine.run();
          }
        };
    return DrainDesk.emptied(node.count, "web1", sink, pace);
  }

  private static String why(Response.End end) {
    return assertInstanceOf(Response.Failed.class, end).why();
  }

  @Test
  void theStandbyWaitsForWhatTheHolderHas() throws Exception {
    lb2.holdsBoth(new Connections(2, 1, 3), NONE);
    Response.End end = emptied(lb1, PACE, () -> lb2.holdsBoth(NONE, new Connections(0, 5, 3)));
    Response.Done done = assertInstanceOf(Response.Done.class, end);
    assertEquals(
        "web1 is drained: 0 open connections left on lb2, 5 that are ending or UDP, 3 clients"
            + " remembered",
        done.result().get("sentence").getAsString());
    assertEquals(
        List.of("2 open connections left on lb2, 1 that are ending or UDP, 3 clients remembered"),
        said);
  }

  /** The group moves in the middle of the wait, and for a moment nobody has it. */
  @Test
  void theWaitFollowsTheGroup() throws Exception {
    lb1.holdsBoth(new Connections(2, 0, 0), NONE);
    Response.Sink sink =
        line -> {
          said.add(line.get("sentence").getAsString());
          switch (said.size()) {
            case 1 -> lb1.kernel.clear();
            case 2 -> lb2.holdsBoth(new Connections(1, 0, 0), NONE);
            default -> lb2.holdsBoth(NONE, NONE);
          }
        };
    assertInstanceOf(
        Response.Done.class, DrainDesk.emptied(lb1.count, "web1", sink, PACE), said::toString);
    assertEquals(3, said.size(), said::toString);
    assertTrue(said.get(1).contains("neither lb1 nor lb2 holds"), said.get(1));
    assertTrue(said.get(2).startsWith("1 open connections left on lb2"), said.get(2));
  }

  @Test
  void whatIsUnknownEndsTheWaitAndIsNoneNever() throws Exception {
    String nobody = why(emptied(lb1, PACE, () -> {}));
    assertEquals(
        "web1 takes no new connections, but how many it has left is not known: neither lb1 nor lb2"
            + " holds back-lvs, front-lvs",
        nobody);
    lb2.holdsBoth(NONE, NONE);
    heard = false;
    assertTrue(why(emptied(lb1, PACE, () -> {})).contains("lb2 cannot be asked"));
    heard = true;
    lb2.holdsBoth(new Connections(1, 0, 0), NONE);
    String later =
        why(
            emptied(
                lb1, new DrainDesk.Pace(PACE.step(), A_MOMENT, PACE.most()), () -> heard = false));
    assertTrue(later.contains("is not known: lb2 cannot be asked"), later);
  }

  @Test
  void whoStaysConnectedIsToldAtTheEnd() throws Exception {
    lb1.holdsBoth(new Connections(1, 0, 0), NONE);
    String why =
        why(emptied(lb1, new DrainDesk.Pace(PACE.step(), PACE.unknown(), A_MOMENT), () -> {}));
    assertTrue(why.startsWith("web1 is not empty yet: 1 open connections left on lb1"), why);
  }
}
