package io.twinbeat.fencing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The fence devices of all nodes, in levels: the levels are tried in order, and all devices of a
 * level must have switched off and, asked separately, say OFF. Everything here blocks, within
 * limits; call it on virtual threads, from several at once if need be.
 */
public final class Fencing {
  /** How long after a done off its status may still say ON: real power falls slowly. */
  static final Duration VERIFY_LIMIT = Duration.ofSeconds(3);

  private static final Duration VERIFY_PAUSE = Duration.ofMillis(100);

  private final Map<String, List<List<FenceDevice>>> levels = new LinkedHashMap<>();
  private final Duration limit;
  private final Duration verifyLimit;
  // By identity: a plugin's devices may be equal to each other.
  private final Map<FenceDevice, DeviceProof> proofs =
      Collections.synchronizedMap(new IdentityHashMap<>());
  private final Map<String, Duration> slowestSeen = new ConcurrentHashMap<>();
  private final Map<String, Duration> lastSeen = new ConcurrentHashMap<>();
  private final Map<String, Duration> lastTested = new ConcurrentHashMap<>();

  /** The limit is for each question to a device: off, status, on, test. */
  public Fencing(Map<String, List<List<FenceDevice>>> levels, Duration limitPerDevice) {
    this(levels, limitPerDevice, VERIFY_LIMIT);
  }

  /** For tests: with another time in which power may fall. */
  Fencing(
      Map<String, List<List<FenceDevice>>> levels, Duration limitPerDevice, Duration verifyLimit) {
    if (!limitPerDevice.isPositive()) {
      throw new IllegalArgumentException("the time limit of a fence device must be above zero");
    }
    for (Map.Entry<String, List<List<FenceDevice>>> node : levels.entrySet()) {
      List<List<FenceDevice>> kept = new ArrayList<>();
      for (List<FenceDevice> level : node.getValue()) {
        // All of none would be off at once.
        if (!level.isEmpty()) {
          kept.add(List.copyOf(level));
        }
      }
      this.levels.put(node.getKey(), kept);
    }
    this.limit = limitPerDevice;
    this.verifyLimit = verifyLimit;
  }

  /**
   * Makes the devices, whose kinds are found by ServiceLoader; does no I/O.
   *
   * @throws IllegalArgumentException with all errors, one in a line, each with its node and device
   */
  public static Fencing of(Map<String, List<List<DeviceSpec>>> specs, Duration limitPerDevice) {
    return new Fencing(new Providers().devices(specs), limitPerDevice);
  }

  /**
   * What is not wrong in the file but deserves a word, or is wrong on this machine today: an agent
   * that is not installed, a secret that others can read. One sentence each. For specs that {@link
   * #of} takes; may run short local programs.
   */
  public static List<String> advice(
      Map<String, List<List<DeviceSpec>>> specs, Duration limitPerDevice) {
    return new Providers().advice(specs, limitPerDevice);
  }

  /**
   * What other users of this machine can see while the devices are used, in one sentence each. For
   * specs that {@link #of} takes.
   */
  public static List<String> exposures(Map<String, List<List<DeviceSpec>>> specs) {
    return new Providers().exposures(specs);
  }

  public boolean hasDevice(String node) {
    return !levelsOf(node).isEmpty();
  }

  /** Whether nothing but an operator can fence the node. */
  public boolean onlyManual(String node) {
    return hasDevice(node)
        && levelsOf(node).stream().allMatch(level -> level.stream().anyMatch(FenceDevice::manual));
  }

  /**
   * Fences the node. To look only sends no off, asks each level's devices for the status, and
   * confirms when all of a level say OFF. An interrupt gives NotConfirmed and stays set.
   */
  public FenceOutcome off(String node, boolean lookOnly) {
    long started = System.nanoTime();
    List<String> happened = new ArrayList<>();
    for (List<FenceDevice> level : levelsOf(node)) {
      long levelStarted = System.nanoTime();
      String evidence = lookOnly ? look(level, happened) : shoot(node, level, happened);
      if (!evidence.isEmpty()) {
        if (!lookOnly) {
          lastSeen.put(node, since(started));
          slowestSeen.merge(node, since(levelStarted), Fencing::longer);
        }
        return new FenceOutcome.Confirmed(names(level), since(started), evidence);
      }
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
    }
    if (!hasDevice(node)) {
      happened.add(node + " has no fence device");
    }
    return new FenceOutcome.NotConfirmed(happened, since(started));
  }

  /**
   * Proves each device of the node, all side by side, without harm. An interrupt leaves the earlier
   * proofs as they are.
   */
  public List<DeviceProof> test(String node) {
    List<FenceDevice> devices = levelsOf(node).stream().flatMap(List::stream).toList();
    List<FenceAnswer> answers =
        SideBySide.ask(devices, limit, device -> device.test(limit), Fencing::brokenAnswer);
    if (Thread.currentThread().isInterrupted()) {
      return List.of(); // Broken off by us: that says nothing about a device.
    }
    if (answers.stream().allMatch(FenceAnswer::succeeded)) {
      answers.stream()
          .map(FenceAnswer::took)
          .reduce(Fencing::longer)
          .ifPresent(took -> lastTested.put(node, took));
    }
    List<DeviceProof> all = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      FenceAnswer answer = answers.get(i);
      String detail = "test: " + answer.detail() + " (" + seconds(answer.took()) + ")";
      all.add(prove(node, devices.get(i), answer.succeeded(), detail));
    }
    return all;
  }

  /** The last test or use of each device, in the file's order; those never tested are left out. */
  public List<DeviceProof> proofs() {
    List<DeviceProof> all = new ArrayList<>();
    for (List<List<FenceDevice>> ofNode : levels.values()) {
      for (List<FenceDevice> level : ofNode) {
        for (FenceDevice device : level) {
          DeviceProof proof = proofs.get(device);
          if (proof != null) {
            all.add(proof);
          }
        }
      }
    }
    return all;
  }

  /** Whether the last test or use of any of the node's devices failed. */
  public boolean failing(String node) {
    return proofs().stream().anyMatch(proof -> proof.node().equals(node) && !proof.succeeded());
  }

  /** Switches the node on by the first level of which all devices do it. */
  public FenceAnswer on(String node) {
    long started = System.nanoTime();
    List<String> happened = new ArrayList<>();
    for (List<FenceDevice> level : levelsOf(node)) {
      List<FenceAnswer> answers =
          SideBySide.ask(level, limit, device -> device.on(limit), Fencing::brokenAnswer);
      List<String> said = said("on", level, answers);
      if (answers.stream().allMatch(FenceAnswer::succeeded)) {
        return new FenceAnswer(true, String.join("; ", said), since(started));
      }
      happened.addAll(said);
    }
    if (!hasDevice(node)) {
      happened.add(node + " has no fence device");
    }
    return new FenceAnswer(false, String.join("; ", happened), since(started));
  }

  /**
   * The longest that the node's first level is expected to take, or that any level did take, for
   * off and its status: whoever waits for the other side to be shot waits longer than this. What
   * was seen only lengthens it, since "already off" is answered at once.
   */
  public Duration slowestOff(String node) {
    Duration slowest = slowestSeen.getOrDefault(node, Duration.ZERO);
    if (hasDevice(node)) {
      for (FenceDevice device : levelsOf(node).getFirst()) {
        slowest = longer(slowest, device.manual() ? Duration.ZERO : device.slowestOff());
      }
    }
    return slowest;
  }

  /** How long the last confirmed fence of the node took; empty when there was none yet. */
  public Optional<Duration> lastOff(String node) {
    return Optional.ofNullable(lastSeen.get(node));
  }

  /** How long the slowest of the node's devices took for the last test that all passed. */
  public Optional<Duration> lastTest(String node) {
    return Optional.ofNullable(lastTested.get(node));
  }

  /** Returns the evidence, or nothing and what happened. */
  private String shoot(String node, List<FenceDevice> level, List<String> happened) {
    List<FenceAnswer> answers =
        SideBySide.ask(level, limit, device -> device.off(limit), Fencing::brokenAnswer);
    List<String> said = said("off", level, answers);
    if (!answers.stream().allMatch(FenceAnswer::succeeded)) {
      for (int i = 0; i < level.size(); i++) {
        if (!level.get(i).manual()) {
          prove(node, level.get(i), answers.get(i).succeeded(), said.get(i));
        }
      }
      happened.addAll(said);
      return "";
    }
    // Only after all are off: one of two supplies that is on again would not be seen earlier.
    List<PowerAnswer> powers = verify(level);
    List<String> sentences = new ArrayList<>();
    boolean off = true;
    for (int i = 0; i < level.size(); i++) {
      PowerAnswer power = powers.get(i);
      boolean verified = power.state() == PowerState.OFF;
      off &= verified;
      String sentence =
          said.get(i)
              + (verified ? ", then status says OFF" : ", but status says " + spoken(power));
      sentences.add(sentence);
      prove(node, level.get(i), verified, sentence);
    }
    if (!off) {
      happened.addAll(sentences);
      return "";
    }
    return String.join("; ", sentences);
  }

  private List<PowerAnswer> verify(List<FenceDevice> level) {
    long until = System.nanoTime() + verifyLimit.toNanos();
    while (true) {
      List<PowerAnswer> powers = powers(level);
      boolean off = powers.stream().allMatch(power -> power.state() == PowerState.OFF);
      if (off || System.nanoTime() >= until || Thread.currentThread().isInterrupted()) {
        return powers;
      }
      try {
        Thread.sleep(VERIFY_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return powers;
      }
    }
  }

  private String look(List<FenceDevice> level, List<String> happened) {
    List<PowerAnswer> powers = powers(level);
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < level.size(); i++) {
      sentences.add(level.get(i).name() + ": status says " + spoken(powers.get(i)));
    }
    if (powers.stream().allMatch(power -> power.state() == PowerState.OFF)) {
      return String.join("; ", sentences);
    }
    happened.addAll(sentences);
    return "";
  }

  private List<PowerAnswer> powers(List<FenceDevice> level) {
    return SideBySide.ask(
        level,
        limit,
        device -> device.status(limit),
        (reason, took) -> new PowerAnswer(PowerState.UNKNOWN, reason, took));
  }

  private DeviceProof prove(String node, FenceDevice device, boolean succeeded, String detail) {
    DeviceProof proof = new DeviceProof(node, device.name(), succeeded, detail, System.nanoTime());
    proofs.put(device, proof);
    return proof;
  }

  private List<List<FenceDevice>> levelsOf(String node) {
    return levels.getOrDefault(node, List.of());
  }

  private static FenceAnswer brokenAnswer(String reason, Duration took) {
    return new FenceAnswer(false, reason, took);
  }

  private static List<String> said(
      String action, List<FenceDevice> level, List<FenceAnswer> answers) {
    List<String> said = new ArrayList<>();
    for (int i = 0; i < level.size(); i++) {
      FenceAnswer answer = answers.get(i);
      said.add(
          "%s: %s %s after %s (%s)"
              .formatted(
                  level.get(i).name(),
                  action,
                  answer.succeeded() ? "done" : "failed",
                  seconds(answer.took()),
                  answer.detail()));
    }
    return said;
  }

  private static String spoken(PowerAnswer power) {
    return power.state() + (power.state() == PowerState.OFF ? "" : " (" + power.detail() + ")");
  }

  private static String names(List<FenceDevice> level) {
    return String.join(" + ", level.stream().map(FenceDevice::name).toList());
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static Duration since(long started) {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  static String seconds(Duration time) {
    return "%d.%02d s".formatted(time.toSeconds(), time.toMillisPart() / 10);
  }
}
