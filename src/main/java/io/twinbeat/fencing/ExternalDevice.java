package io.twinbeat.fencing;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One external plugin for one node, run as stonith(8) runs it: parameters in the environment under
 * the plugin's own names, {@code PLUGIN off HOST} with the host in lower case, cluster-glue's
 * helper scripts in PATH. Power is told by the verify program alone.
 */
final class ExternalDevice implements FenceDevice {
  private static final String HELPERS = "/usr/share/cluster-glue";
  private static final String FILE = "-file";

  /** For getconfignames, which asks no device. */
  private static final Duration NAMES_LIMIT = Duration.ofSeconds(5);

  private final String host;
  private final Path plugin;
  private final Map<String, String> parameters;
  private final HookDevice verify;

  /** As last told; kept, so that nothing is asked for them when it matters. */
  private volatile Set<String> configNames = Set.of();

  ExternalDevice(String node, Path plugin, Map<String, String> parameters) {
    this.host = node.toLowerCase(Locale.ROOT);
    this.plugin = plugin;
    this.parameters = new TreeMap<>(parameters);
    this.verify =
        new HookDevice(node, Path.of(parameters.get(ExternalProvider.VERIFY)), parameters);
  }

  @Override
  public String name() {
    return "external/" + plugin.getFileName() + "(" + host + ")";
  }

  @Override
  public FenceAnswer off(Duration limit) {
    return act(limit, "off", host);
  }

  @Override
  public FenceAnswer on(Duration limit) {
    return act(limit, "on", host);
  }

  @Override
  public PowerAnswer status(Duration limit) {
    return verify.status(limit);
  }

  /** The plugin reaches its device and knows the host, and the verify program knows its power. */
  @Override
  public FenceAnswer test(Duration limit) {
    long started = System.nanoTime();
    FenceAnswer device = act(limit, "status");
    if (!device.succeeded()) {
      return new FenceAnswer(false, "status: " + device.detail(), device.took());
    }
    String hindrance = hostHindrance(left(started, limit));
    if (!hindrance.isEmpty()) {
      return new FenceAnswer(false, hindrance, since(started));
    }
    PowerAnswer power = status(left(started, limit));
    return new FenceAnswer(
        power.state() != PowerState.UNKNOWN,
        power.state() == PowerState.UNKNOWN
            ? "verify: " + power.detail()
            : "works, power is " + power.state(),
        since(started));
  }

  @Override
  public Duration slowestOff() {
    return Parameters.slowestOff(parameters, FenceDevice.super.slowestOff());
  }

  /** The plugin's own names of its parameters; empty when it does not tell. */
  Set<String> configNames() {
    Set<String> names = configNames;
    if (names.isEmpty()) {
      Outcome outcome = run(Map.of(), NAMES_LIMIT, "getconfignames");
      if (outcome.succeeded()) {
        names = new TreeSet<>(Arrays.asList(outcome.out().strip().split("\\s+", -1)));
        names.remove("");
        configNames = names;
      }
    }
    return names;
  }

  /** The plugin's name for a key: of a secret's file the secret; dashes may be underscores. */
  static String configName(String key, Set<String> known) {
    String name =
        Secrets.isFileOfSecret(key) ? key.substring(0, key.length() - FILE.length()) : key;
    return known.contains(name) ? name : Parameters.underscored(name);
  }

  /** Empty when the plugin lists the host: off does not check it, and is sent nowhere then. */
  private String hostHindrance(Duration limit) {
    try {
      Map<String, String> secrets = Secrets.read(parameters);
      Outcome outcome = run(environment(secrets), limit, "gethosts");
      if (!outcome.succeeded()) {
        return "gethosts: " + Programs.answer(outcome, secrets.values()).detail();
      }
      for (String listed : outcome.out().split("\\s+", -1)) {
        if (listed.toLowerCase(Locale.ROOT).equals(host)) {
          return "";
        }
      }
      return "gethosts does not list " + host;
    } catch (Secrets.Unreadable e) {
      return e.getMessage();
    }
  }

  private FenceAnswer act(Duration limit, String... action) {
    try {
      Map<String, String> secrets = Secrets.read(parameters);
      return Programs.answer(run(environment(secrets), limit, action), secrets.values());
    } catch (Secrets.Unreadable e) {
      return Programs.failed(e.getMessage());
    }
  }

  private Map<String, String> environment(Map<String, String> secrets) {
    Set<String> known = configNames();
    Map<String, String> environment = new TreeMap<>();
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      String key = parameter.getKey();
      if (!Parameters.ours(key)
          && !key.equals(ExternalProvider.VERIFY)
          && !Secrets.isFileOfSecret(key)) {
        environment.put(configName(key, known), parameter.getValue());
      }
    }
    for (Map.Entry<String, String> secret : secrets.entrySet()) {
      environment.put(configName(secret.getKey(), known), secret.getValue());
    }
    return environment;
  }

  private Outcome run(Map<String, String> environment, Duration limit, String... action) {
    Optional<String> distrust = Programs.distrust(plugin);
    if (distrust.isPresent()) {
      return new Outcome.NotStarted(distrust.get());
    }
    Map<String, String> all = new TreeMap<>(environment);
    String path = System.getenv("PATH");
    all.put("PATH", HELPERS + ":" + (path == null ? "/usr/sbin:/usr/bin" : path));
    all.put("HA_LOGTAG", "external/" + plugin.getFileName());
    String[] argv = new String[action.length + 1];
    argv[0] = plugin.toString();
    System.arraycopy(action, 0, argv, 1, action.length);
    return Commands.run(Command.of(limit, argv).withEnvironment(all));
  }

  private static Duration since(long started) {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /** What is left of the limit; at least a moment, in which nothing will succeed. */
  private static Duration left(long started, Duration limit) {
    Duration left = limit.minus(since(started));
    return left.isPositive() ? left : Duration.ofMillis(1);
  }
}
