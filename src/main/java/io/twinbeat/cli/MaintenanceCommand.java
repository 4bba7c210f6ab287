package io.twinbeat.cli;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** maintenance: shows it, begins or prolongs it, ends it. */
@Command(
    description = {
      "For a while nothing is done by itself, on both nodes: no start, stop, restart, fence, takeover"
          + " or failback. Both go on watching, and say what they would have done. What you order is"
          + " done: takeover, standby, fence. It ends by itself.",
      "  on   both nodes enter it, or it lasts longer; refused when a service is lost already",
      "  off  ends it on both nodes",
      "Without either it is shown."
    })
final class MaintenanceCommand extends ClientCommand {
  private static final Pattern LENGTH = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  @Parameters(index = "0", arity = "0..1", paramLabel = "ACTION", description = "on or off")
  String action;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "on: how long, such as 30m or 2h; at most 24h")
  String length;

  @Option(names = "--reason", paramLabel = "TEXT", description = "on: why; shown everywhere")
  String reason;

  MaintenanceCommand(Surroundings at) {
    super(at);
  }

  @Override
  boolean takes(String word) {
    boolean taken = action == null && isPlain(word);
    action = word;
    return taken;
  }

  @Override
  boolean isComplete() {
    return action == null || action.equals("off");
  }

  @Override
  public Integer call() throws Exception {
    JsonObject arguments = new JsonObject();
    if (action == null) {
      return length == null && reason == null
          ? question("maintenance", arguments, this::show)
          : usage("--for and --reason belong to: twinbeat maintenance on");
    }
    arguments.addProperty("action", action);
    switch (action) {
      case "off" -> {
        if (length != null || reason != null) {
          return usage("off takes neither --for nor --reason");
        }
      }
      case "on" -> {
        if (length == null || reason == null) {
          return usage("on needs --for TIME and --reason TEXT");
        }
        Optional<Duration> time = length(length);
        if (time.isEmpty()) {
          return usage("--for is '" + length + "', expected a time such as 30m or 2h");
        }
        arguments.addProperty("forMs", time.get().toMillis());
        arguments.addProperty("reason", Json.oneLine(reason).strip());
      }
      default -> {
        return usage("'" + action + "' is neither on nor off");
      }
    }
    return order("maintenance", arguments);
  }

  private int usage(String what) {
    at.err().println("twinbeat maintenance: " + what);
    at.err().println("See: twinbeat help maintenance");
    return Exit.USAGE;
  }

  static Optional<Duration> length(String text) {
    Matcher parts = LENGTH.matcher(text.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      return Optional.empty();
    }
    long unit =
        switch (parts.group(2)) {
          case "ms" -> 1;
          case "s" -> 1000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 86_400_000;
        };
    return Optional.of(Duration.ofMillis(Long.parseLong(parts.group(1)) * unit));
  }

  private void show(JsonObject report) {
    JsonObject maintenance = Json.object(report, "maintenance");
    if (maintenance.size() == 0) {
      at.out().println("there is no maintenance");
      return;
    }
    Times times = new Times(at.clock().instant(), at.zone());
    at.out()
        .println(
            "in maintenance until "
                + times.clock(Json.text(maintenance, "until"), false)
                + ": "
                + Json.text(maintenance, "reason"));
    for (JsonObject alarm : Json.list(report, "alarms")) {
      if (Json.text(alarm, "sentence").startsWith("in maintenance, ")) {
        at.out().println("  " + Json.text(alarm, "sentence"));
      }
    }
  }
}
