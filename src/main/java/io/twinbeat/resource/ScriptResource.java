package io.twinbeat.resource;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An init script by its contract (LSB 3.1, Init Script Actions), or a Heartbeat resource script:
 * {@code script args... start|stop|status}. LSB tells its state by exit status, Heartbeat by the
 * text that {@code status} prints and nothing else. Blocking.
 */
public final class ScriptResource implements Resource {
  /**
   * Which script, and how it is spoken to.
   *
   * @param args come before the action, as Heartbeat writes {@code script::arg1::arg2}
   * @param heartbeat status is told by text: "running" or "OK", and not "not running"
   */
  public record Settings(
      String name, Path script, List<String> args, boolean heartbeat, Limits limits) {
    public Settings {
      args = List.copyOf(args);
    }
  }

  /** What the status action told. */
  private sealed interface Status {
    record Running(String detail) implements Status {}

    record NotRunning(String detail) implements Status {}

    record Broken(String detail) implements Status {}

    record Unclear(String why) implements Status {}
  }

  /** Between two looks at the status of a service that takes its time. */
  private static final Duration STATUS_STEP = Duration.ofMillis(100);

  /** Between two stops, when the service still runs; Heartbeat's own figure. */
  private static final Duration STOP_STEP = Duration.ofSeconds(1);

  private final Settings settings;
  private volatile List<ReadinessItem> readiness =
      List.of(ReadinessItem.unknown("script", "not looked at yet"));

  public ScriptResource(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return "script";
  }

  @Override
  public Limits limits() {
    return settings.limits();
  }

  @Override
  public void prepare() throws ResourceException {
    inspect();
    ReadinessItem item = readiness.getFirst();
    if (item.state() == ReadinessItem.State.BAD) {
      throw new ResourceException(item.detail());
    }
  }

  @Override
  public void start() throws ResourceException {
    Deadline deadline = Deadline.in(limits().start());
    if (status(deadline.look()) instanceof Status.Running) {
      return;
    }
    Outcome outcome = run("start", deadline.left());
    if (!outcome.succeeded()) {
      throw new ResourceException(settings.script() + " start: " + outcome.summary());
    }
    while (true) {
      // Many scripts return before their daemon has come up.
      Status status = status(deadline.look());
      if (status instanceof Status.Running) {
        return;
      }
      if (deadline.over()) {
        throw new ResourceException(
            settings.script() + " start said yes, but its status says: " + text(status));
      }
      Deadline.sleep(deadline.atMost(STATUS_STEP));
    }
  }

  @Override
  public void stop(StopMode mode) throws ResourceException {
    Deadline deadline = Deadline.in(limits().stop());
    while (true) {
      Outcome outcome = run("stop", deadline.left());
      Status status = status(deadline.look());
      // A stop that failed may yet have stopped it: what counts is what is seen afterwards.
      if (status instanceof Status.NotRunning) {
        return;
      }
      if (deadline.over() || outcome instanceof Outcome.NotStarted) {
        throw new ResourceException(
            settings.script()
                + " is not proven stopped: stop: "
                + outcome.summary()
                + "; status: "
                + text(status));
      }
      Deadline.sleep(deadline.atMost(outcome.succeeded() ? STATUS_STEP : STOP_STEP));
    }
  }

  @Override
  public Health check() {
    return switch (status(limits().check())) {
      case Status.Running running -> new Health.Healthy(running.detail());
      case Status.NotRunning not -> new Health.Failed(not.detail());
      case Status.Broken broken -> new Health.Failed(broken.detail());
      case Status.Unclear unclear -> new Health.Unknown(unclear.why());
    };
  }

  @Override
  public List<ReadinessItem> readiness() {
    return readiness;
  }

  @Override
  public void inspect() {
    Path script = settings.script();
    readiness =
        List.of(
            Files.isRegularFile(script) && Files.isExecutable(script)
                ? ReadinessItem.good("script", script + " is there")
                : ReadinessItem.hopeless(
                    "script",
                    script + (Files.exists(script) ? " is not executable" : " does not exist"),
                    "install " + script + " on this node, mode 0755"));
  }

  private Outcome run(String action, Duration limit) {
    List<String> argv = new ArrayList<>();
    argv.add(settings.script().toString());
    argv.addAll(settings.args());
    argv.add(action);
    Command command = Command.of(limit, argv.toArray(String[]::new));
    return Commands.run(command);
  }

  private Status status(Duration limit) {
    Outcome outcome = run("status", limit);
    return switch (outcome) {
      case Outcome.NotStarted not -> new Status.Unclear(not.why());
      // A hanging status is a failure, never silence.
      case Outcome.TimedOut late -> new Status.Broken("status: " + late.summary());
      case Outcome.Exited exited -> settings.heartbeat() ? byText(exited) : byStatus(exited);
    };
  }

  private static Status byStatus(Outcome.Exited exited) {
    String detail = "status: " + exited.summary();
    return switch (exited.status()) {
      case 0 -> new Status.Running(detail);
      case 1, 2, 3 -> new Status.NotRunning("not running; " + detail);
      case 4 -> new Status.Unclear(detail);
      default -> new Status.Broken(detail);
    };
  }

  /** Heartbeat ignores the exit status; "not running" is looked for before "running". */
  private static Status byText(Outcome.Exited exited) {
    String text = exited.out() + exited.err();
    if (!notRunning(text)
        && (text.contains("running") || text.contains("Running") || text.contains("OK"))) {
      return new Status.Running("status: " + exited.summary());
    }
    return new Status.NotRunning("not running; status: " + exited.summary());
  }

  /** Shell pattern {@code *[Nn]ot\ *running*}: a "not " followed anywhere later by "running". */
  private static boolean notRunning(String text) {
    int lower = text.indexOf("not ");
    int upper = text.indexOf("Not ");
    int first = lower < 0 ? upper : upper < 0 ? lower : Math.min(lower, upper);
    return first >= 0 && text.indexOf("running", first + 4) >= 0;
  }

  private static String text(Status status) {
    return switch (status) {
      case Status.Running running -> running.detail();
      case Status.NotRunning not -> not.detail();
      case Status.Broken broken -> broken.detail();
      case Status.Unclear unclear -> unclear.why();
    };
  }

  /** Where Heartbeat looks for a script that was named without a directory. */
  public static Optional<Path> find(String script) {
    for (String directory : List.of("/etc/ha.d/resource.d", "/etc/init.d")) {
      Path path = Path.of(directory, script);
      if (Files.isExecutable(path)) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }
}
