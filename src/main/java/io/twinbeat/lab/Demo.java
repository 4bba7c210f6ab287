package io.twinbeat.lab;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A real pair fails over, scene by scene, told live and judged from outside: by the kernels'
 * addresses, the power switch and a client. Exit status 0 only if each scene kept its promise.
 */
final class Demo {
  /** A JVM or two on a loaded machine, and the first proofs of fence devices. */
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private Demo() {}

  static int run(LabOptions options, PrintStream out) {
    out.println(
        """
        Twinbeat, a pair of nodes on this machine: lb1 and lb2 in namespaces of their own, with
        real nginx, real ARP, two heartbeat links, and a BMC each (fence: %s).
        A client opens a connection to the floating address each millisecond.
        """
            .formatted(
                options.fence() == LabOptions.Fence.IPMI
                    ? "fence_ipmilan and ipmi_sim"
                    : "the lab's hook"));
    out.flush();
    long started = System.nanoTime();
    LabSite lab = LabSite.up(options);
    AtomicBoolean interrupted = new AtomicBoolean();
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
          "Lab %s was built in %d ms. The seconds below count from now.%n%n",
          lab.name(), (System.nanoTime() - started) / 1_000_000);
      List<Verdict> verdicts = play(lab, options, out);
      Runtime.getRuntime().removeShutdownHook(cleanup);
      out.println();
      out.print(Verdict.table(verdicts));
      return verdicts.stream().allMatch(Verdict::kept) ? 0 : 1;
    } catch (LabException | IllegalStateException e) {
      // ^C took the lab away while we looked at it; the hook tells the rest.
      if (interrupted.get()) {
        LabSite.await(START_LIMIT, () -> !cleanup.isAlive());
        return 1;
      }
      throw e instanceof LabException known ? known : new LabException(String.valueOf(e), e);
    }
  }

  private static List<Verdict> play(LabSite lab, LabOptions options, PrintStream out) {
    List<Verdict> verdicts = new ArrayList<>();
    try (Live live = new Live(lab, out)) {
      Stage stage = new Stage(lab, live, Site.of(options).pair());
      Optional<String> notReady = stage.awaitCalm(lab.nodes().getFirst().name(), START_LIMIT);
      live.flush();
      if (notReady.isPresent()) {
        throw new LabException("the pair did not come up: " + notReady.get() + stage.lastWords());
      }
      for (Scenes.Scene scene : Scenes.all()) {
        live.flush();
        out.printf("%n--- %s%n", scene.title());
        out.flush();
        Verdict verdict = stage.play(scene);
        verdicts.add(verdict);
        live.flush();
        out.println(verdict.kept() ? "--- promise kept" : "--- PROMISE NOT KEPT");
        if (!verdict.kept() && stage.isLost()) {
          break; // the next scene would only tell the same again
        }
      }
      out.println();
      out.println("client: " + live.probe().summary());
    }
    return verdicts;
  }
}
