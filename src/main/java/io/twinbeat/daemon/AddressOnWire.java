package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.resource.ReadinessItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who answers for the addresses of a resource while they are not on this node: nobody or the peer
 * is as it should be, a third machine would stand in the way. One address is asked for at a time,
 * so that many addresses are no more traffic than a few.
 */
final class AddressOnWire {
  private static final Duration ASK_LIMIT = Duration.ofMillis(300);

  /** Each address no more often than this; it costs the LAN three small frames. */
  private static final Duration ROUND = Duration.ofSeconds(10);

  /** Whoever calls {@link #look} does so at least this often. */
  private static final Duration CALLED_EACH = Duration.ofSeconds(4);

  /** The peer of this node on the wire. */
  interface Peer {
    String name();

    /** The hardware addresses of its devices, as it told last; none when it never did. */
    Set<String> macs();
  }

  record Found(ReadinessItem.State state, String detail) {}

  /**
   * Who answered, or why nobody could be asked. Judged anew at each look: a peer whose daemon has
   * just started tells its hardware addresses later than it answers.
   */
  private record Answered(Set<String> macs, String failure, long nanos) {}

  private final String name;
  private final List<FloatingAddress> all;
  private final Addresses addresses;
  private final Peer peer;
  private final Map<FloatingAddress, Answered> answered = new HashMap<>();
  private int next;
  private Optional<Long> roundBegan = Optional.empty();
  private volatile ReadinessItem item;

  AddressOnWire(List<FloatingAddress> all, Addresses addresses, Peer peer) {
    FloatingAddress first = all.getFirst();
    this.name =
        "on the wire: "
            + first.ip().getHostAddress()
            + (all.size() > 1 ? " and " + (all.size() - 1) + " more" : "");
    this.all = all;
    this.addresses = addresses;
    this.peer = peer;
    this.item = ReadinessItem.unknown(name, "nobody was asked yet");
  }

  ReadinessItem item() {
    return item;
  }

  synchronized void look() {
    Set<FloatingAddress> present = addresses.present();
    if (all.stream().anyMatch(present::contains)) {
      // Whoever claims it then is an alarm by itself.
      answered.clear();
      next = 0;
      roundBegan = Optional.empty();
      item = ReadinessItem.good(name, "this node answers");
      return;
    }
    long now = System.nanoTime();
    if (next == 0) {
      if (roundBegan.isPresent() && now - roundBegan.get() < ROUND.toNanos()) {
        item = summary();
        return;
      }
      roundBegan = Optional.of(now);
    }
    FloatingAddress address = all.get(next);
    next = (next + 1) % all.size();
    answered.put(address, ask(address));
    item = summary();
  }

  private Answered ask(FloatingAddress address) {
    try {
      Set<String> macs = new TreeSet<>();
      for (MacAddress mac : addresses.claimants(address, ASK_LIMIT)) {
        macs.add(mac.toString());
      }
      return new Answered(macs, "", System.nanoTime());
    } catch (AddressException e) {
      return new Answered(Set.of(), e.getMessage(), System.nanoTime());
    }
  }

  private Found judged(FloatingAddress address, Answered each) {
    return each.failure().isEmpty()
        ? judged(address.ip().getHostAddress(), each.macs(), peer.name(), peer.macs())
        : new Found(ReadinessItem.State.UNKNOWN, each.failure());
  }

  /** Who answered, against the hardware addresses that are known to be the peer's. */
  static Found judged(String ip, Set<String> answered, String peer, Set<String> known) {
    Set<String> strangers = new TreeSet<>(answered);
    strangers.removeAll(known);
    if (answered.isEmpty()) {
      return new Found(ReadinessItem.State.GOOD, "nobody answers");
    } else if (strangers.isEmpty()) {
      return new Found(ReadinessItem.State.GOOD, peer + " answers");
    }
    String who = String.join(", ", strangers) + " answers for " + ip;
    return known.isEmpty()
        ? new Found(
            ReadinessItem.State.UNKNOWN,
            who + ", and " + peer + " has not told its hardware addresses yet")
        : new Found(ReadinessItem.State.BAD, who + ": neither this node nor " + peer);
  }

  /** As bad as the worst, as old as the oldest. */
  private ReadinessItem summary() {
    List<String> bad = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    String good = "nobody was asked yet";
    long oldest = System.nanoTime();
    for (Map.Entry<FloatingAddress, Answered> entry : answered.entrySet()) {
      oldest = Math.min(oldest, entry.getValue().nanos());
      Found each = judged(entry.getKey(), entry.getValue());
      switch (each.state()) {
        case BAD -> bad.add(each.detail());
        case UNKNOWN -> unknown.add(each.detail());
        case GOOD, WARNING -> good = each.detail();
      }
    }
    ReadinessItem worst =
        !bad.isEmpty()
            ? ReadinessItem.bad(
                name,
                bad.getFirst(),
                "find the machine with that hardware address and take the address from it")
            : !unknown.isEmpty()
                ? ReadinessItem.unknown(name, unknown.getFirst())
                : ReadinessItem.good(name, good);
    Duration limit =
        CALLED_EACH.multipliedBy(all.size()).plus(ROUND).multipliedBy(2).plus(ReadinessItem.LIMIT);
    return worst.seen(oldest).within(limit);
  }
}
