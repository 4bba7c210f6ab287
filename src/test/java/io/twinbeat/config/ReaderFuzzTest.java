package io.twinbeat.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Broken copies of good files: the reader never throws, and says where it hurts. Seeded. */
class ReaderFuzzTest {
  private static final int ROUNDS = 20_000;
  private static final long SEED = 20_261_123;

  /** Of this thread's own work: other work on the machine must not fail the test. */
  private static final long CPU_SECONDS_MAX = 20;

  private static final String BITS = "[]{}:,&*!|>'\"%@`#-?~\t\n\r \\/=0x";

  @Test
  void noMutationMakesTheReaderThrow() throws IOException {
    List<byte[]> seeds =
        List.of(
            Files.readAllBytes(SamplesTest.SAMPLE),
            SiteReaderTest.FULL.getBytes(StandardCharsets.UTF_8));
    Random random = new Random(SEED);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    int bad = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] text = seeds.get(round % seeds.size());
      for (int i = random.nextInt(3); i >= 0; i--) {
        text = random.nextInt(3) == 0 ? lines(text, random) : bytes(text, random);
      }
      bad += read(text, round) ? 0 : 1;
    }
    long seconds = (threads.getCurrentThreadCpuTime() - start) / 1_000_000_000;
    assertTrue(bad > ROUNDS / 4, "the mutations are too tame: " + bad);
    assertTrue(seconds < CPU_SECONDS_MAX, ROUNDS + " rounds took " + seconds + " s");
  }

  private static boolean read(byte[] text, int round) {
    Reading reading;
    try {
      reading = SiteReader.read(text, "fuzz.yaml");
    } catch (RuntimeException | StackOverflowError e) {
      return fail("round " + round + ":\n" + new String(text, StandardCharsets.ISO_8859_1), e);
    }
    return switch (reading) {
      case Reading.Good(Site _, List<Problem> warnings) -> {
        warnings.forEach(ReaderFuzzTest::assertReadable);
        yield true;
      }
      case Reading.Bad(List<Problem> problems) -> {
        problems.forEach(ReaderFuzzTest::assertReadable);
        yield false;
      }
    };
  }

  private static void assertReadable(Problem problem) {
    assertTrue(problem.line() >= 1 && problem.column() >= 1, problem::toString);
    String shown = problem.toString();
    assertFalse(Values.hasControl(shown), shown);
    assertTrue(shown.length() < 1200, shown);
  }

  private static byte[] bytes(byte[] text, Random random) {
    byte[] changed = text.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(changed.length);
      changed[at] =
          random.nextInt(4) == 0
              ? (byte) random.nextInt(256)
              : (byte) BITS.charAt(random.nextInt(BITS.length()));
    }
    return changed;
  }

  private static byte[] lines(byte[] text, Random random) {
    List<String> lines =
        new ArrayList<>(List.of(new String(text, StandardCharsets.ISO_8859_1).split("\n", -1)));
    int at = random.nextInt(lines.size());
    int other = random.nextInt(lines.size());
    switch (random.nextInt(5)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(at, lines.get(other));
      case 2 -> lines.set(at, " " + lines.get(at));
      case 3 -> lines.set(at, lines.get(at).replaceFirst("# ", ""));
      default -> lines.set(at, lines.get(other));
    }
    String changed = String.join("\n", lines);
    return (changed.isEmpty() ? "x" : changed).getBytes(StandardCharsets.ISO_8859_1);
  }
}
