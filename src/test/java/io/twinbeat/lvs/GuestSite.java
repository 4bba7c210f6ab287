package io.twinbeat.lvs;

import static io.twinbeat.lvs.GuestNet.bridge;
import static io.twinbeat.lvs.GuestNet.namespace;
import static io.twinbeat.lvs.GuestNet.plug;
import static io.twinbeat.lvs.GuestNet.sh;

import io.twinbeat.lvs.GuestNet.Talker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One guest as a site: a client, two directors, real servers on one LAN (web1, web2) and behind the
 * directors (nat1, nat2), each a network namespace.
 */
final class GuestSite implements AutoCloseable {
  static final String VIP = "10.10.10.100";
  static final String VIP6 = "2001:db8::100";
  static final Path WORK = Path.of("/run/lvs");

  /** One thing that is tried. */
  interface Scene {
    void play() throws Exception;
  }

  private final List<Talker> servers = new ArrayList<>();
  private final Map<String, Talker> directors = new LinkedHashMap<>();
  private Talker client;
  private int serial;

  Talker client() {
    return client;
  }

  void setUp() throws IOException {
    Files.createDirectories(WORK);
    bridge("lan");
    bridge("inside");
    for (String name : List.of("client", "lb1", "lb2", "web1", "web2", "nat1", "nat2")) {
      namespace(name);
    }
    plug("client", "eth0", "lan", "10.10.10.1/24", "2001:db8::1/64");
    plug("lb1", "eth0", "lan", "10.10.10.11/24", "2001:db8::11/64");
    plug("lb2", "eth0", "lan", "10.10.10.12/24", "2001:db8::12/64");
    plug("web1", "eth0", "lan", "10.10.10.21/24", "2001:db8::21/64");
    plug("web2", "eth0", "lan", "10.10.10.22/24", "2001:db8::22/64");
    plug("lb1", "eth1", "inside", "10.10.30.11/24");
    plug("lb2", "eth1", "inside", "10.10.30.12/24");
    plug("nat1", "eth0", "inside", "10.10.30.21/24");
    plug("nat2", "eth0", "inside", "10.10.30.22/24");
    for (String nat : List.of("nat1", "nat2")) {
      sh("ip -n " + nat + " route add default via 10.10.30.1");
    }
    for (String web : List.of("web1", "web2")) {
      serveVip(web);
    }
    for (String name : List.of("web1", "web2", "nat1", "nat2", "lb1", "lb2")) {
      servers.add(new Talker(name, GuestServer.class, name, "80", "443", "8080"));
    }
    client = new Talker("client", GuestClient.class);
    for (String lb : List.of("lb1", "lb2")) {
      directors.put(lb, new Talker(lb, GuestDirector.class));
    }
    servers.forEach(Talker::ready);
    client.ready();
    directors.values().forEach(Talker::ready);
  }

  /** What makes a real server serve the address without answering ARP for it. */
  static void serveVip(String namespace) {
    sh(
        ("ip netns exec %1$s sysctl -qw net.ipv4.conf.all.arp_ignore=1"
                + " net.ipv4.conf.all.arp_announce=2; ip -n %1$s address add %2$s/32 dev lo;"
                + " ip -n %1$s address add %3$s/128 dev lo nodad")
            .formatted(namespace, VIP, VIP6));
  }

  static void moveVip(String lb, boolean there) {
    String verb = there ? "add" : "del";
    sh(
        ("ip -n %1$s address %2$s %3$s/32 dev eth0 2>/dev/null ||:;"
                + " ip -n %1$s address %2$s %4$s/128 dev eth0 nodad 2>/dev/null ||:;"
                + " ip -n %1$s address %2$s 10.10.30.1/24 dev eth1 2>/dev/null ||:;"
                + " ip -n client neigh flush all; ip -n nat1 neigh flush all;"
                + " ip -n nat2 neigh flush all")
            .formatted(lb, verb, VIP, VIP6));
  }

  Talker director(String lb, Path state, String lvs) throws IOException {
    Path file = WORK.resolve("twinbeat-" + serial++ + ".yaml");
    Files.writeString(
        file,
        """
        pair: web
        nodes:
          lb1: { links: [192.168.77.1], fence: manual }
          lb2: { links: [192.168.77.2], fence: manual }
        heartbeat: { interval: 200ms, deadtime: 1s, key-file: /etc/twinbeat/key }
        groups:
          site:
            resources:
              - lvs: %s
              - address: { ip: 10.10.10.100/24, dev: eth0 }
              - address: { ip: "2001:db8::100/64", dev: eth0 }
        """
            .formatted(lvs));
    Talker talker =
        directors.computeIfAbsent(
            lb,
            _ -> {
              Talker fresh = new Talker(lb, GuestDirector.class);
              fresh.ready();
              return fresh;
            });
    talker.done("use " + file + " " + state);
    talker.events.clear();
    return talker;
  }

  /** As SIGKILL does; the next {@link #director} is another process. */
  void kill(String lb) {
    directors.remove(lb).kill();
  }

  Talker director(String lb, String lvs) throws IOException {
    return director(lb, WORK.resolve("state-" + serial++), lvs);
  }

  static void equal(Object wanted, Object seen) {
    if (!wanted.equals(seen)) {
      throw new AssertionError("wanted:\n" + wanted + "\nseen:\n" + seen);
    }
  }

  static void isTrue(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  /** As the kernel's own tool reads it. */
  static String table(String lb) {
    return sh("ip netns exec " + lb + " ipvsadm -Sn | sort");
  }

  Set<String> answers(int times, String ip, int port) {
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < times; i++) {
      answers.add(client.ask("once " + ip + " " + port));
    }
    return answers;
  }

  /** Who answers each of several connections from one address of the client, in order. */
  List<String> from(String source, int times, String ip, int port) {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      answers.add(client.ask("once " + ip + " " + port + " " + source));
    }
    return answers;
  }

  static void until(String what, Scene condition) throws Exception {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (true) {
      try {
        condition.play();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError(what, e);
        }
        Thread.sleep(50);
      }
    }
  }

  @Override
  public void close() {
    servers.forEach(Talker::close);
    directors.values().forEach(Talker::close);
    if (client != null) {
      client.close();
    }
  }
}
