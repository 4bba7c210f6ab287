package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Event;
import io.twinbeat.decision.Event.Look;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PracticeLookTest {
  @TempDir Path dir;
  private Standby standby;
  private PracticeLook practice;
  private Look answer = Look.NOT_ANSWERED;
  private int looks;
  private Runnable meanwhile = () -> {};

  @BeforeEach
  void start() throws Exception {
    standby = new Standby(dir);
    practice = new PracticeLook("site", standby::state, this::look, standby.alarms);
  }

  @AfterEach
  void stop() {
    standby.close();
  }

  private Event.ProbeFinished look() {
    looks++;
    meanwhile.run();
    return new Event.ProbeFinished("site", 0, answer, "no connection (5 attempts in 480 ms)");
  }

  private void practise(int times) {
    for (int i = 0; i < times; i++) {
      practice.practise();
    }
  }

  @Test
  void looksThatDoNotGetThroughAreAnAlarmUntilOneDoes() {
    practise(PracticeLook.FAILED_MAX - 1);
    assertEquals(List.of(), standby.standing());
    practise(1);
    assertEquals(1, standby.standing().size());
    assertTrue(standby.standing().getFirst().contains("a service that works for a dead one"));
    answer = Look.CANNOT_TELL;
    practise(1);
    assertTrue(standby.standing().getFirst().contains("could not tell"));
    answer = Look.ANSWERED;
    practise(1);
    assertEquals(List.of(), standby.standing());
    answer = Look.NOT_ANSWERED;
    practise(PracticeLook.FAILED_MAX - 1);
    assertEquals(List.of(), standby.standing(), "counted anew");
  }

  @Test
  void aHolderThatSaysItsServiceIsDeadIsNotLookedAt() {
    standby.holderHeard("nginx does not answer");
    practise(PracticeLook.FAILED_MAX);
    assertEquals(0, looks);
    assertEquals(List.of(), standby.standing());
  }

  @Test
  void aLookDuringWhichTheHolderComplainedCountsForNothing() {
    meanwhile = () -> standby.holderHeard("nginx does not answer");
    for (int i = 0; i < 2 * PracticeLook.FAILED_MAX; i++) {
      practise(1);
      standby.holderHeard("");
    }
    assertEquals(2 * PracticeLook.FAILED_MAX, looks);
    assertEquals(List.of(), standby.standing());
  }
}
