package io.twinbeat.lab;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/** A lab that exists for what is played in it, and is removed whatever happens, at ^C too. */
final class Rehearsal {
  private static final Duration REMOVAL_LIMIT = Duration.ofSeconds(90);

  private Rehearsal() {}

  /** What came of it; empty: it was interrupted, and that was said. */
  static Optional<List<Verdict>> in(
      Supplier<LabSite> up, PrintStream out, Function<LabSite, List<Verdict>> play) {
    AtomicBoolean interrupted = new AtomicBoolean();
    long began = System.nanoTime();
    LabSite lab = up.get();
    Thread cleanup =
        new Thread(
            () -> {
              interrupted.set(true);
              lab.close();
              out.println("Interrupted; the lab is removed.");
              out.flush();
            },
            "cleanup");
    Runtime.getRuntime().addShutdownHook(cleanup);
    try (lab) {
      out.printf(
          "Lab %s, %d machines, is up after %d ms. The seconds below count from now.%n%n",
          lab.name(), lab.nodes().size(), (System.nanoTime() - began) / 1_000_000);
      List<Verdict> verdicts = play.apply(lab);
      Runtime.getRuntime().removeShutdownHook(cleanup);
      return Optional.of(verdicts);
    } catch (LabException | IllegalStateException e) {
      // ^C took the lab away while we looked at it; the hook tells the rest.
      if (interrupted.get()) {
        LabSite.await(REMOVAL_LIMIT, () -> !cleanup.isAlive());
        return Optional.empty();
      }
      Runtime.getRuntime().removeShutdownHook(cleanup);
      throw e instanceof LabException known ? known : new LabException(String.valueOf(e), e);
    }
  }
}
