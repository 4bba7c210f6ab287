package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** The guests of a test class. When a test fails, their consoles are kept and named. */
class GuestLab
    implements BeforeAllCallback,
        AfterAllCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
  private final Supplier<LabSite> up;
  private LabSite lab;

  GuestLab(Supplier<LabSite> up) {
    this.up = up;
  }

  final LabSite lab() {
    return lab;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    long started = System.nanoTime();
    lab = up.get();
    ScenePair.measured(
        "%d guests are up after %d ms",
        lab.nodes().size(), (System.nanoTime() - started) / 1_000_000);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure) {
    throw withConsoles(context, failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(
      ExtensionContext context, Throwable failure) {
    throw withConsoles(context, failure);
  }

  final AssertionError withConsoles(ExtensionContext context, Throwable failure) {
    String test = context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName();
    List<String> kept = new ArrayList<>();
    for (LabNode node : lab.nodes()) {
      kept.add(((Guest) node).keepConsole(test.replaceAll("[^\\w.]", "")).toString());
    }
    LabFolder folder = LabFolder.of(LabOptions.defaultBase(), lab.name());
    System.out.printf(
        "power of %s:%n%s%s%n",
        test,
        LabFolder.read(folder.powerLog()),
        LabFolder.read(folder.root().resolve("keeper.log")));
    return new AssertionError(failure + "; the guests' consoles: " + kept, failure);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (lab != null) {
      lab.close();
    }
  }

  /** Runs a program on the node, which must succeed; its output. */
  static String must(LabNode node, String... argv) {
    Outcome outcome = node.exec(argv);
    assertTrue(
        outcome.succeeded(),
        () -> node.name() + ": " + List.of(argv) + ": " + outcome.out() + outcome.summary());
    return outcome.out();
  }

  static String twinbeat(LabNode node, String... arguments) {
    List<String> argv = new ArrayList<>(List.of("twinbeat"));
    argv.addAll(List.of(arguments));
    return must(node, argv.toArray(String[]::new));
  }
}
