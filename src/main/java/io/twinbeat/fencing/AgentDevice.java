package io.twinbeat.fencing;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One fence agent for one node. Writes {@code name=value} lines to its standard input, the action
 * first: an agent without an action reboots its target. Nothing but the program is in its argv.
 */
final class AgentDevice implements FenceDevice {
  /** What is allowed for the agent's own start, login and status beyond its power-wait. */
  private static final Duration MARGIN = Duration.ofSeconds(3);

  /** The longest default of power-wait among the agents (fence_ilo3; fence_ipmilan has 2). */
  private static final Duration POWER_WAIT = Duration.ofSeconds(4);

  /** Off asks for the status, sets and asks again, status asks once more: 14 s measured for one. */
  private static final Duration CIPHER_PROBING = Duration.ofSeconds(60);

  /** The agents' library says so of an option that it does not know or cannot read, and goes on. */
  private static final String IGNORED = "Parse error: ";

  private static final Map<String, String> ENVIRONMENT =
      Map.of("LC_ALL", "C", "PYTHONWARNINGS", "ignore");

  private final String node;
  private final Map<String, String> parameters;
  private final List<Path> directories;
  private final String agent;

  AgentDevice(String node, Map<String, String> parameters, List<Path> directories) {
    this.node = node;
    this.parameters = new TreeMap<>(parameters);
    this.directories = directories;
    this.agent = parameters.get(Parameters.AGENT);
  }

  @Override
  public String name() {
    String where = parameters.getOrDefault("ip", parameters.getOrDefault("ipaddr", ""));
    String plug = parameters.getOrDefault("plug", parameters.getOrDefault("port", ""));
    String both = where.isEmpty() || plug.isEmpty() ? where + plug : where + " plug " + plug;
    return agent + "(" + (both.isEmpty() ? node : both) + ")";
  }

  @Override
  public FenceAnswer off(Duration limit) {
    return act("off", limit);
  }

  @Override
  public FenceAnswer on(Duration limit) {
    return act("on", limit);
  }

  @Override
  public PowerAnswer status(Duration limit) {
    try {
      Map<String, String> secrets = Secrets.read(parameters);
      return Programs.power(run("status", secrets, limit), secrets.values());
    } catch (Secrets.Unreadable e) {
      return new PowerAnswer(PowerState.UNKNOWN, e.getMessage(), Duration.ZERO);
    }
  }

  /** {@code monitor}, then {@code status}: some agents' monitor succeeds without the plug. */
  @Override
  public FenceAnswer test(Duration limit) {
    long started = System.nanoTime();
    FenceAnswer monitor = act("monitor", limit);
    Duration left = limit.minusNanos(System.nanoTime() - started);
    if (!monitor.succeeded()) {
      return new FenceAnswer(false, "monitor: " + monitor.detail(), monitor.took());
    }
    if (!left.isPositive()) {
      return new FenceAnswer(false, "monitor took the whole time limit", monitor.took());
    }
    PowerAnswer power = status(left);
    return new FenceAnswer(
        power.state() != PowerState.UNKNOWN,
        power.state() == PowerState.UNKNOWN
            ? "status: " + power.detail()
            : "works, power is " + power.state(),
        Duration.ofNanos(System.nanoTime() - started));
  }

  @Override
  public Duration slowestOff() {
    Duration wait = POWER_WAIT;
    try {
      wait = Duration.ofSeconds(Integer.parseInt(parameters.getOrDefault("power-wait", "4")));
    } catch (NumberFormatException e) {
      // The agent will say so itself; until then its longest default stands.
    }
    Duration estimate = wait.plus(MARGIN);
    return Parameters.slowestOff(
        parameters,
        AgentProvider.probesCiphers(parameters) ? estimate.plus(CIPHER_PROBING) : estimate);
  }

  private FenceAnswer act(String action, Duration limit) {
    try {
      Map<String, String> secrets = Secrets.read(parameters);
      Outcome outcome = run(action, secrets, limit);
      FenceAnswer answer = Programs.answer(outcome, secrets.values());
      if (action.equals("monitor") && answer.succeeded() && outcome.err().contains(IGNORED)) {
        // A misspelled plug would be somebody else's power: found here, not when it matters.
        return new FenceAnswer(false, ignored(outcome.err(), secrets.values()), answer.took());
      }
      return answer;
    } catch (Secrets.Unreadable e) {
      return Programs.failed(e.getMessage());
    }
  }

  private Outcome run(String action, Map<String, String> secrets, Duration limit) {
    Path program = find(agent, directories);
    if (program == null) {
      return new Outcome.NotStarted(agent + ": not installed");
    }
    return Commands.run(
        Command.of(limit, program.toString())
            .withEnvironment(ENVIRONMENT)
            .withStdin(stdin(action, secrets)));
  }

  private String stdin(String action, Map<String, String> secrets) {
    StringBuilder text = new StringBuilder("action=").append(action).append('\n');
    line(text, "nodename", node);
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      String key = parameter.getKey();
      if (!Parameters.ours(key) && !Secrets.isFileOfSecret(key)) {
        line(text, key, parameter.getValue());
      }
    }
    for (Map.Entry<String, String> secret : secrets.entrySet()) {
      line(text, secret.getKey(), secret.getValue());
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String key, String value) {
    // Agents strip blanks around a line and then one pair of quotes around the value.
    boolean quoted = value.startsWith("\"") && value.endsWith("\"");
    String sent = quoted || !value.equals(value.strip()) ? "\"" + value + "\"" : value;
    text.append(Parameters.underscored(key)).append('=').append(sent).append('\n');
  }

  private static String ignored(String err, Collection<String> secrets) {
    int from = err.indexOf(IGNORED) + IGNORED.length();
    int to = err.indexOf('\n', from);
    return "the agent says: "
        + Secrets.hide(err.substring(from, to < 0 ? err.length() : to), secrets);
  }

  /** Returns null when it is in none of the directories. */
  static Path find(String agent, List<Path> directories) {
    for (Path directory : directories) {
      Path program = directory.resolve(agent);
      if (Files.isRegularFile(program) && Files.isExecutable(program)) {
        return program;
      }
    }
    return null;
  }
}
