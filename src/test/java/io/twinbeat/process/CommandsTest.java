package io.twinbeat.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real children, each made to misbehave in one way. */
@Timeout(60)
class CommandsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(400);

  @TempDir Path dir;

  private static Outcome sh(Duration limit, String script) {
    return Commands.run(Command.of(limit, "/bin/sh", "-c", script));
  }

  @Test
  void exitStatusAndBothOutputsAreKept() {
    Outcome outcome = sh(LONG, "echo to-out; echo to-err >&2; exit 7");
    Outcome.Exited exited = assertInstanceOf(Outcome.Exited.class, outcome);
    assertEquals(7, exited.status());
    assertEquals("to-out\n", exited.out());
    assertEquals("to-err\n", exited.err());
    assertFalse(exited.succeeded());
    assertTrue(sh(LONG, "exit 0").succeeded());
  }

  @Test
  void deathBySignalIs128PlusItsNumber() {
    assertEquals(137, ((Outcome.Exited) sh(LONG, "kill -9 $$")).status());
    assertEquals(143, ((Outcome.Exited) sh(LONG, "kill -15 $$")).status());
  }

  @Test
  void argumentsArriveAsTheyAre() {
    Outcome outcome =
        Commands.run(
            Command.of(
                LONG, "/bin/sh", "-c", "printf '<%s>' \"$@\"", "x", "a b", "\"q\"", "", "\\${x}"));
    assertEquals("<a b><\"q\"><><\\${x}>", outcome.out());
  }

  @Test
  void environmentIsAddedToOurs() {
    Outcome outcome =
        Commands.run(
            Command.of(LONG, "/bin/sh", "-c", "echo \"$TWINBEAT_X:${PATH:+path}\"")
                .withEnvironment(Map.of("TWINBEAT_X", "one two")));
    assertEquals("one two:path\n", outcome.out());
  }

  @Test
  void runsInTheGivenDirectory() {
    Command command =
        new Command(
            List.of("/bin/sh", "-c", "pwd -P"), Map.of(), Optional.empty(), Optional.of(dir), LONG);
    assertEquals(dir.toAbsolutePath() + "\n", Commands.run(command).out());
  }

  @Test
  void stdinArrivesWholeAndEnds() {
    String text = "action=off\n".repeat(1000);
    Outcome outcome = Commands.run(Command.of(LONG, "/bin/cat").withStdin(text));
    assertEquals(text, outcome.out());
    assertEquals("", Commands.run(Command.of(LONG, "/bin/cat")).out());
  }

  @Test
  void childThatDoesNotReadItsStdinIsLeftAlone() {
    Command command = Command.of(LONG, "/bin/sh", "-c", "sleep 0.2; echo done; exit 3");
    Outcome outcome = Commands.run(command.withStdin("x".repeat(Command.STDIN_BYTES_MAX)));
    assertEquals(3, ((Outcome.Exited) outcome).status());
    assertEquals("done\n", outcome.out());
  }

  @Test
  void childThatClosedItsStdinIsLeftAlone() {
    Command command = Command.of(LONG, "/bin/sh", "-c", "exec <&-; sleep 0.1; exit 4");
    Outcome outcome = Commands.run(command.withStdin("x".repeat(Command.STDIN_BYTES_MAX)));
    assertEquals(4, ((Outcome.Exited) outcome).status());
  }

  @Test
  void moreStdinThanAPipeHoldsIsRefused() {
    Command command = Command.of(LONG, "/bin/cat");
    assertThrows(
        IllegalArgumentException.class,
        () -> command.withStdin("x".repeat(Command.STDIN_BYTES_MAX + 1)));
  }

  @Test
  void hugeOutputIsCutAndTheChildRunsToItsEnd() {
    Outcome outcome = sh(LONG, "head -c 30000000 /dev/zero; head -c 3000000 /dev/zero >&2; exit 5");
    assertEquals(5, ((Outcome.Exited) outcome).status());
    assertEquals(Commands.OUTPUT_BYTES_MAX, outcome.out().length());
    assertEquals(Commands.OUTPUT_BYTES_MAX, outcome.err().length());
  }

  @Test
  void childThatWritesForEverIsKilledAtItsLimit() {
    Outcome outcome = sh(SHORT, "yes");
    assertInstanceOf(Outcome.TimedOut.class, outcome);
    assertTrue(outcome.took().compareTo(Duration.ofSeconds(3)) < 0, outcome.took().toString());
    assertFalse(outcome.succeeded());
  }

  @Test
  void lastWordsOfAQuickChildAreNotLost() {
    for (int i = 0; i < 100; i++) {
      assertEquals("Status: OFF\n", sh(LONG, "echo Status: OFF; exit 2").out());
    }
  }

  @Test
  void grandchildThatHoldsThePipesDoesNotDelayTheAnswer() throws Exception {
    Outcome outcome = sh(LONG, "sleep 30 & echo $!; exit 6");
    long grandchild = Long.parseLong(outcome.out().strip());
    try {
      assertEquals(6, ((Outcome.Exited) outcome).status());
      assertTrue(outcome.took().toMillis() < 1500, outcome.took().toString());
      assertTrue(alive(grandchild), "only a time limit ends what a child left running");
    } finally {
      ProcessHandle.of(grandchild).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void limitKillsTheWholeTree() throws Exception {
    Path pids = dir.resolve("pids");
    String script =
        """
        echo $$ >> %1$s
        (trap '' TERM HUP; echo $(exec sh -c 'echo $PPID') >> %1$s; sleep 60) &
        # This one's parent ends at once, so that no line of parents leads to it.
        (sh -c 'echo $$ >> %1$s; sleep 60' &)
        # And one in a session of its own, as pexpect starts ssh for some fence agents.
        setsid -w sh -c 'echo $$ >> %1$s; sleep 60' &
        wait
        """
            .formatted(pids);
    Outcome outcome = sh(SHORT, script);
    assertInstanceOf(Outcome.TimedOut.class, outcome);
    assertTrue(outcome.took().toMillis() < 3000, outcome.took().toString());
    List<String> started = Files.readAllLines(pids);
    assertEquals(4, started.size());
    for (String pid : started) {
      assertTrue(gone(Long.parseLong(pid)), "still running: " + pid + " of " + started);
    }
  }

  @Test
  void whatWasWrittenBeforeTheLimitIsKept() {
    Outcome outcome = sh(SHORT, "echo asking the device; sleep 60");
    assertInstanceOf(Outcome.TimedOut.class, outcome);
    assertEquals("asking the device\n", outcome.out());
    assertTrue(outcome.summary().startsWith("killed at its time limit after "));
    assertTrue(outcome.summary().endsWith(": asking the device"), outcome.summary());
  }

  @Test
  void stoppedChildIsKilledAtItsLimit() {
    Outcome outcome = sh(SHORT, "kill -STOP $$; exit 0");
    assertInstanceOf(Outcome.TimedOut.class, outcome);
  }

  @Test
  void interruptOfTheCallerEndsTheChild() throws Exception {
    Path pid = dir.resolve("pid");
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    CountDownLatch flagKept = new CountDownLatch(1);
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              outcome.set(
                  sh(LONG, "echo $$ > " + pid + ".new; mv " + pid + ".new " + pid + "; sleep 60"));
              if (Thread.currentThread().isInterrupted()) {
                flagKept.countDown();
              }
            });
    long until = System.nanoTime() + LONG.toNanos();
    while (!Files.exists(pid)) {
      assertTrue(System.nanoTime() < until, "the child did not start");
      Thread.onSpinWait();
    }
    caller.interrupt();
    assertTrue(flagKept.await(10, TimeUnit.SECONDS));
    assertInstanceOf(Outcome.TimedOut.class, outcome.get());
    assertTrue(gone(Long.parseLong(Files.readString(pid).strip())));
  }

  @Test
  void whatCannotBeStartedSaysWhy() throws Exception {
    assertEquals("no-such-program-x: not found in PATH", why("no-such-program-x"));
    assertEquals(dir + "/none: no such file", why(dir + "/none"));
    assertEquals(dir + ": is a directory", why(dir.toString()));
    Path plain = Files.writeString(dir.resolve("plain"), "#!/bin/sh\nexit 0\n");
    assertEquals(plain + ": not executable", why(plain.toString()));
    Path lost = script(dir.resolve("lost"), "#!/no/such/interpreter\n");
    String why = why(lost.toString());
    assertTrue(why.startsWith(lost + ": "), why);
    assertTrue(why.contains("No such file"), why);
  }

  @Test
  void missingDirectoryIsNotStarted() {
    Command command =
        new Command(
            List.of("/bin/true"),
            Map.of(),
            Optional.empty(),
            Optional.of(dir.resolve("none")),
            LONG);
    Outcome outcome = Commands.run(command);
    assertInstanceOf(Outcome.NotStarted.class, outcome);
    assertTrue(outcome.summary().contains("none: no such directory"), outcome.summary());
  }

  @Test
  void programFromPathKeepsItsName() {
    assertEquals("sh\n", Commands.run(Command.of(LONG, "sh", "-c", "echo $0")).out());
  }

  @Test
  void manyAtOnceDoNotStarveOtherVirtualThreads() throws Exception {
    int children = 4 * Runtime.getRuntime().availableProcessors();
    CountDownLatch ended = new CountDownLatch(children);
    for (int i = 0; i < children; i++) {
      Thread.ofVirtual()
          .start(() -> {
            Outcome outcome = sh(LONG, "sleep 2");
            if (outcome.succeeded()) {
              ended.countDown();
            }
          });
    }
    CountDownLatch other = new CountDownLatch(1);
    Thread.ofVirtual().start(other::countDown);
    assertTrue(other.await(1, TimeUnit.SECONDS), "children hold all carriers");
    assertTrue(ended.await(20, TimeUnit.SECONDS));
  }

  @Test
  void passwordsAreNotPartOfTheText() {
    Command command =
        Command.of(LONG, "agent").withStdin("s3cret").withEnvironment(Map.of("P", "s3cret"));
    assertFalse(command.toString().contains("s3cret"));
  }

  private String why(String program) {
    Outcome outcome = Commands.run(Command.of(LONG, program, "x"));
    return assertInstanceOf(Outcome.NotStarted.class, outcome, outcome.summary()).why();
  }

  private static Path script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  private static boolean alive(long pid) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    if (!Files.exists(stat)) {
      return false;
    }
    String text = Files.readString(stat);
    return text.charAt(text.lastIndexOf(')') + 2) != 'Z';
  }

  /** Waits: death after SIGKILL is not instantaneous. */
  private static boolean gone(long pid) throws IOException {
    long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
    while (System.nanoTime() < until) {
      if (!alive(pid)) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }
}
