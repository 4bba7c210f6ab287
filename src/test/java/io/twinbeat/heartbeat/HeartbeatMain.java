package io.twinbeat.heartbeat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One node of {@link HeartbeatIT} as a process of its own. Says each report as a line: the
 * monotonic time (the same clock for all processes of the machine), the word, and what belongs to
 * it. Does what it is told line by line.
 */
final class HeartbeatMain implements Heartbeat.Listener {
  private static final int LONG_MESSAGE_BYTES = 500 * 1024;
  private static final PrintStream out = System.out;
  private static volatile String status = "first";

  private HeartbeatMain() {}

  /** node peer interval-ms deadtime-ms port then local,peer for each link. */
  public static void main(String[] args) throws Exception {
    List<LinkAddress> links = new ArrayList<>();
    int port = Integer.parseInt(args[4]);
    for (String link : List.of(args).subList(5, args.length)) {
      String[] ends = link.split(",", -1);
      links.add(
          new LinkAddress(
              new InetSocketAddress(InetAddress.ofLiteral(ends[0]), port),
              new InetSocketAddress(InetAddress.ofLiteral(ends[1]), port)));
    }
    HeartbeatSettings settings =
        new HeartbeatSettings(
            args[0],
            args[1],
            links,
            Duration.ofMillis(Long.parseLong(args[2])),
            Duration.ofMillis(Long.parseLong(args[3])),
            Pair.key(1));
    try (Heartbeat heartbeat =
        new Heartbeat(
            settings, () -> status.getBytes(StandardCharsets.UTF_8), new HeartbeatMain())) {
      say("start", Long.toString(heartbeat.incarnation()));
      heartbeat.start();
      obey(heartbeat);
    }
    System.exit(0);
  }

  private static void obey(Heartbeat heartbeat) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "now" -> {
          status = words[1];
          say("now", words[1]);
          heartbeat.sendNow();
        }
        case "links" -> heartbeat.links().forEach(link -> say("link", text(link)));
        case "silent" -> heartbeat.peerJudgedSilent();
        case "send" -> {
          byte[] message = words[1].getBytes(StandardCharsets.UTF_8);
          Thread.ofVirtual().start(() -> say("sent", words[1] + " " + heartbeat.send(message)));
        }
        case "sendlong" -> {
          byte[] message = longMessage(Integer.parseInt(words[1]));
          Thread.ofVirtual().start(() -> say("sent", words[1] + " " + heartbeat.send(message)));
        }
        case "bye" -> {
          heartbeat.goodbye();
          return;
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
  }

  private static String text(LinkState link) {
    return "%d bound=%s up=%s oneway=%s received=%d garbage=%d forged=%d replayed=%d stale=%d notfresh=%d gap=%d"
        .formatted(
            link.link(),
            link.bound(),
            link.up(),
            link.oneWay(),
            link.received(),
            link.garbage(),
            link.forged(),
            link.replayed(),
            link.staleIncarnation(),
            link.notFresh(),
            link.gaps().largest().toMillis());
  }

  /** The same bytes for the same seed. */
  private static byte[] longMessage(int seed) {
    byte[] message = new byte[LONG_MESSAGE_BYTES];
    new Random(seed).nextBytes(message);
    return message;
  }

  private static void say(String word, String what) {
    out.println(System.nanoTime() + " " + word + " " + what);
  }

  @Override
  public void heard(long peer, byte[] text, int link, long receivedNanos) {
    say("heard", receivedNanos + " " + new String(text, StandardCharsets.UTF_8) + " " + link);
  }

  @Override
  public void linkUp(int link) {
    say("up", Integer.toString(link));
  }

  @Override
  public void linkDown(int link, Duration silent, boolean oneWay) {
    say("down", link + " " + (oneWay ? "one-way" : "silent") + " " + silent.toNanos() / 1000);
  }

  @Override
  public void peerProcessDied(long peer, Duration silent) {
    say("died", peer + " " + silent.toMillis());
  }

  @Override
  public void peerSaidGoodbye(long peer, byte[] last) {
    say("goodbye", peer + " " + new String(last, StandardCharsets.UTF_8));
  }

  @Override
  public void peerRestarted(long old, long fresh) {
    say("restarted", old + " " + fresh);
  }

  @Override
  public void ownStall(Duration gap) {
    say("stall", Long.toString(gap.toMillis()));
  }

  @Override
  public void message(byte[] message) {
    boolean isLong = message.length == LONG_MESSAGE_BYTES;
    int seed = 0;
    while (isLong && seed < 10 && !Arrays.equals(message, longMessage(seed))) {
      seed++;
    }
    say("message", isLong ? "long " + seed : new String(message, StandardCharsets.UTF_8));
  }
}
