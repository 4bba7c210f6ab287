package io.twinbeat.decision.whatif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultTest {
  private static final List<String> NODES = List.of("lb1", "lb2");

  private static List<Fault> parse(String text) {
    return Fault.parse(text, NODES, Duration.ofSeconds(2));
  }

  private static void assertWrong(String text, String why) {
    String message = assertThrows(IllegalArgumentException.class, () -> parse(text)).getMessage();
    assertEquals(why + "; known are: " + Fault.KNOWN + "; the nodes are lb1 and lb2", message);
  }

  @Test
  void allThatIsKnown() {
    assertEquals(
        List.of(new Fault.PowerOff("lb1"), new Fault.FenceFails()),
        parse("power off lb1,  fence   fails"));
    assertEquals(List.of(new Fault.CutHeartbeats()), parse("cut heartbeats"));
    assertEquals(List.of(new Fault.CutService("lb2")), parse("cut service lb2"));
    assertEquals(List.of(new Fault.CutOff("lb2")), parse("cut lb2"));
    assertEquals(List.of(new Fault.KillDaemon("lb1")), parse("kill daemon lb1"));
    assertEquals(List.of(new Fault.KillService("lb1")), parse("kill service lb1"));
    assertEquals(List.of(new Fault.Stall("lb1", Duration.ofSeconds(2))), parse("stall lb1"));
    assertEquals(
        List.of(new Fault.Stall("lb1", Duration.ofMillis(700))), parse("stall lb1 for 700ms"));
    assertEquals(
        List.of(new Fault.Stall("lb1", Duration.ofMinutes(3))), parse("stall lb1 for 3 m"));
  }

  @Test
  void whatIsNotKnownIsSaidInOneSentence() {
    assertWrong("power off lb3", "'power off lb3' is no fault that can be tried");
    assertWrong("powr off lb1", "'powr off lb1' is no fault that can be tried");
    assertWrong("", "'' is no fault that can be tried");
    assertWrong("power off lb1,", "'' is no fault that can be tried");
    assertWrong("stall lb1 for ever", "'stall lb1 for ever' is no fault that can be tried");
    assertWrong("lb1", "'lb1' is no fault that can be tried");
    assertWrong("cut lb1,".repeat(8) + "cut lb1", "more than 8 faults at once");
  }
}
