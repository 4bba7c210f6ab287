package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Event.Commanded;
import io.twinbeat.decision.Event.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Plays the commands of a transcript ({@code > power-off lb1}) on a pair without chance, and writes
 * under each what was decided and done, as both nodes said it.
 */
final class Transcript {
  /** What comes and goes without a decision. */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "effect +(?!Fence|StartGroup|StopGroup|RestartResource|RaiseAlarm|Answer|Exit).*"
              + "|after .*|operator .*|fault .*|device .*|says .*");

  private final Story story = new Story(true);
  private World world;
  private int told;
  private long orders;

  private Transcript() {}

  /** The same transcript, with what is true of the rules now. */
  static String play(String text) {
    Transcript t = new Transcript();
    List<String> out = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("#") || line.isBlank()) {
        out.add(line);
      } else if (line.startsWith("> ")) {
        out.add(line);
        t.command(line.substring(2).strip().split(" +"));
        out.addAll(t.news());
      }
    }
    return String.join("\n", out) + "\n";
  }

  private List<String> news() {
    List<String> news = new ArrayList<>();
    for (String line : story.since(told)) {
      String[] parts = line.strip().split(" +", 2);
      String who = parts[1].startsWith("lb") ? parts[1].substring(0, 3) : "";
      String rest = parts[1].substring(who.length()).strip();
      if (!LEFT_OUT.matcher(rest).matches()) {
        double seconds = Double.parseDouble(parts[0]) / 1000;
        news.add(String.format(Locale.ROOT, "%9.2f  %-4s %s", seconds, who, rest).stripTrailing());
      }
    }
    told = story.size();
    return news;
  }

  private void command(String[] words) {
    if (world == null) {
      List<String> kind = List.of(words);
      int groups = kind.contains("two-groups") ? 2 : 1;
      Plan plan = new Plan(kind.contains("unfenced"), kind.contains("directors"), groups);
      world = World.scripted(plan, story);
    }
    Machine machine =
        words.length > 1 && words[1].startsWith("lb")
            ? world.machines[words[1].equals("lb1") ? 0 : 1]
            : world.machines[0];
    switch (words[0]) {
      case "pair" -> {}
      case "run" -> world.pass(time(words[1]));
      case "start" -> machine.startDaemon();
      case "power-off" -> machine.powerOff("fault");
      case "power-on" -> machine.powerOn();
      case "kill" -> machine.daemonEnded("killed");
      case "stall" -> machine.daemon.stall(time(words[2]), true);
      case "cut" -> links(words, true);
      case "mend" -> links(words, false);
      case "part-service" -> service(() -> world.lan.parted = true);
      case "heal-service" -> service(() -> world.lan.parted = false);
      case "uplink-down" -> service(() -> world.lan.uplink[machine.index] = false);
      case "uplink-up" -> service(() -> world.lan.uplink[machine.index] = true);
      case "real-servers-down" -> world.tier.set(false);
      case "real-servers-up" -> world.tier.set(true);
      case "way-lost" -> world.tier.setWay(machine.index, false);
      case "way-back" -> world.tier.setWay(machine.index, true);
      case "device" -> world.fencing.modes[machine.index] = Fencing.Mode.valueOf(words[2]);
      case "service-dies" -> machine.setRunning(0, false);
      case "blind" -> world.faults.blind[machine.index] = true;
      case "sees" -> world.faults.blind[machine.index] = false;
      case "service-breaks" -> {
        machine.broken[0] = true;
        machine.setRunning(0, false);
      }
      case "stop-fails" -> java.util.Arrays.fill(machine.stopFails, true);
      case "back-up" -> machine.copyState();
      case "restore" -> machine.restoreBackup();
      case "lose-state" -> machine.loseDisk();
      case "takeover" -> order(machine, new Order.Takeover(words.length > 2 ? words[2] : "g1"));
      case "standby" -> order(machine, new Order.Standby("g1"));
      case "leave" -> order(machine, new Order.Leave());
      case "restart" -> order(machine, new Order.Restart(Duration.ofSeconds(3)));
      case "confirm-off" -> order(world.peer(machine), new Order.ConfirmOff(machine.name));
      case "who" -> who();
      default -> throw new IllegalArgumentException("no such command: " + words[0]);
    }
  }

  private static long time(String text) {
    return text.endsWith("ms")
        ? Long.parseLong(text.substring(0, text.length() - 2)) * MS
        : Long.parseLong(text.substring(0, text.length() - 1)) * SECOND;
  }

  /** {@code cut links}, or {@code cut lb1} for what lb1 sends. */
  private void links(String[] words, boolean cut) {
    for (Wire.Way[] link : world.wire.ways) {
      for (int from = 0; from < 2; from++) {
        if (words[1].equals("links") || words[1].equals(world.machines[from].name)) {
          link[from].cut = cut;
        }
      }
    }
  }

  private void service(Runnable change) {
    change.run();
    world.lan.changed();
  }

  private void order(Machine machine, Order order) {
    long id = ++orders;
    world.ledger.ordered(machine.daemon, id, order);
    machine.daemon.toLoop(new Commanded(id, order));
  }

  private void who() {
    for (Machine machine : world.machines) {
      String daemon =
          machine.daemon == null
              ? "no daemon"
              : machine.daemon.state.group("g1").phase()
                  + " term "
                  + machine.daemon.state.group("g1").term()
                  + ", peer "
                  + machine.daemon.state.peer().hearing()
                  + ", alarms "
                  + machine.daemon.state.alarms().keySet().stream().sorted().toList();
      story.tell(
          world.now,
          machine.name,
          "is",
          (machine.on ? "on" : "off")
              + (machine.serves(0) ? ", serves g1: " : ", serves nothing: ")
              + daemon);
    }
  }
}
