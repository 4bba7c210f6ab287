package io.twinbeat.address;

import io.twinbeat.linux.MacAddress;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link Addresses} as a program, to be run in a network namespace: configured addresses as
 * arguments ({@code IP/LENGTH@DEVICE}), commands on standard input, answers and events as lines.
 */
public final class AddressesMain {
  private final List<FloatingAddress> configured;
  private final Addresses addresses;

  private AddressesMain(List<FloatingAddress> configured) {
    this.configured = configured;
    this.addresses = Addresses.open(configured, new Printing());
  }

  public static void main(String[] args) throws Exception {
    List<FloatingAddress> configured = new ArrayList<>();
    for (String arg : args) {
      if (arg.startsWith("many=")) {
        // many=N: 10.8.x.y, as in the benchmarks.
        for (int i = 0; i < Integer.parseInt(arg.substring(5)); i++) {
          configured.add(address("10.8." + (i / 250) + "." + (i % 250 + 1) + "/32@eth0"));
        }
      } else {
        configured.add(address(arg));
      }
    }
    long started = System.nanoTime();
    AddressesMain main = new AddressesMain(configured);
    print("ready after " + (System.nanoTime() - started) / 1_000_000 + " ms");
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        try {
          print(words[0] + ": " + main.obey(words));
        } catch (AddressException e) {
          print(words[0] + ": error: " + e.getMessage());
        }
      }
    }
    main.addresses.close();
  }

  private String obey(String[] words) {
    List<FloatingAddress> named =
        words.length > 1 && words[1].contains("/")
            ? Arrays.stream(words[1].split(",")).map(AddressesMain::address).toList()
            : configured;
    switch (words[0]) {
      case "take" -> addresses.take(named);
      case "release" -> addresses.release(named);
      case "announce" -> addresses.announce(named);
      case "present" -> {
        return addresses.present().stream().map(Object::toString).sorted().toList().toString();
      }
      case "carrier" -> {
        return "" + addresses.carrier(words[1]);
      }
      case "claimant" -> {
        long started = System.nanoTime();
        String who =
            addresses
                .claimant(named.getFirst(), Duration.ofMillis(Long.parseLong(words[2])))
                .map(MacAddress::toString)
                .orElse("nobody");
        return who + " " + (System.nanoTime() - started) / 1_000_000 + " ms";
      }
      case "sentto" -> {
        return addresses.sentTo(named.getFirst()).map(MacAddress::toString).orElse("nobody");
      }
      case "watch" -> {
        List<InetAddress> points =
            Arrays.stream(words[1].split(",")).map(InetAddress::ofLiteral).toList();
        ReferencePoints.watch(
            points,
            Duration.ofMillis(Long.parseLong(words[2])),
            Duration.ofMillis(Long.parseLong(words[3])),
            s -> print("reference " + s.reachable() + " of " + s.known()));
      }
      case "measure" -> {
        return measure(named, Integer.parseInt(words[words.length - 1]));
      }
      default -> throw new AddressException("no such command");
    }
    return "ok";
  }

  /** First, and median of the given number of rounds, of take and release, in milliseconds. */
  private String measure(List<FloatingAddress> named, int rounds) {
    double[] takes = new double[rounds];
    double[] releases = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long started = System.nanoTime();
      addresses.take(named);
      long taken = System.nanoTime();
      addresses.release(named);
      takes[i] = (taken - started) / 1e6;
      releases[i] = (System.nanoTime() - taken) / 1e6;
    }
    String first = String.format("first take %.2f, release %.2f", takes[0], releases[0]);
    Arrays.sort(takes);
    Arrays.sort(releases);
    return first
        + String.format(
            "; median of %d: take %.3f, release %.3f ms; longest take %.3f",
            rounds, takes[rounds / 2], releases[rounds / 2], takes[rounds - 1]);
  }

  static FloatingAddress address(String text) {
    int slash = text.indexOf('/');
    int at = text.indexOf('@');
    return new FloatingAddress(
        InetAddress.ofLiteral(text.substring(0, slash)),
        Integer.parseInt(text.substring(slash + 1, at)),
        text.substring(at + 1));
  }

  private static synchronized void print(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static final class Printing implements Addresses.Listener {
    @Override
    public void pruned(FloatingAddress address, boolean putBack, String detail) {
      print("pruned " + address.ip().getHostAddress() + " " + putBack + " " + detail);
    }

    @Override
    public void duplicate(FloatingAddress address, MacAddress other) {
      print("duplicate " + address.ip().getHostAddress() + " " + other);
    }

    @Override
    public void carrierChanged(String device, boolean up) {
      print("carrier-changed " + device + " " + up);
    }
  }
}
