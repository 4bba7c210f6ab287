package io.twinbeat.address;

import io.twinbeat.linux.Errno;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.linux.PacketSender;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the network who else has an address (RFC 5227 section 2.1.1, RFC 4862 section 5.4), for any
 * number of callers at a time. The claims come in through {@link #answered}.
 */
final class Probes {
  /** As RFC 5227's PROBE_NUM, but spread over the caller's limit instead of 3 to 7 s. */
  static final int PROBES = 3;

  private final Devices devices;
  private final PacketSender sender;
  private final Receiver receiver;
  private final List<Running> running = new CopyOnWriteArrayList<>();

  private record Running(
      FloatingAddress address, CompletableFuture<MacAddress> answer, Set<MacAddress> all) {
    Running(FloatingAddress address) {
      this(address, new CompletableFuture<>(), ConcurrentHashMap.newKeySet());
    }
  }

  /** Makes sure that answers which have arrived were handed to {@link #answered}. */
  interface Receiver {
    /** False if that can't be made sure. */
    boolean caughtUp() throws InterruptedException;
  }

  Probes(Devices devices, PacketSender sender, Receiver receiver) {
    this.devices = devices;
    this.sender = sender;
    this.receiver = receiver;
  }

  /** Somebody else claims the address. */
  void answered(FloatingAddress address, MacAddress by) {
    for (Running probe : running) {
      if (probe.address.equals(address)) {
        probe.all.add(by);
        probe.answer.complete(by);
      }
    }
  }

  /** Whoever answers first; waits no longer then. */
  Optional<MacAddress> claimant(FloatingAddress address, Duration limit) {
    Running probe = new Running(address);
    ask(probe, limit, true);
    return Optional.ofNullable(probe.answer.getNow(null));
  }

  /** All who answer within the limit. */
  Set<MacAddress> claimants(FloatingAddress address, Duration limit) {
    Running probe = new Running(address);
    ask(probe, limit, false);
    return Set.copyOf(probe.all);
  }

  private void ask(Running probe, Duration limit, boolean first) {
    FloatingAddress address = probe.address;
    running.add(probe);
    try {
      long each = Math.max(1, limit.toNanos() / PROBES);
      for (int i = 0; i < PROBES; i++) {
        ask(address);
        // Counted from when it was sent, so that a stall of our own shortens no wait.
        if (!first) {
          TimeUnit.NANOSECONDS.sleep(each);
        } else if (answered(probe, each)) {
          return;
        }
      }
      if (!receiver.caughtUp()) {
        throw unknown(address, "this node was too slow to read the answers");
      }
      usable(address);
    } catch (LinuxException e) {
      throw new AddressException("asking who has " + address, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown(address, "interrupted");
    } finally {
      running.remove(probe);
    }
  }

  private static boolean answered(Running probe, long nanos) throws InterruptedException {
    try {
      probe.answer.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false; // Nobody so far.
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void ask(FloatingAddress address) throws LinuxException {
    Link link = usable(address);
    MacAddress own = link.ethernet().orElseThrow();
    byte[] frame =
        address.v6()
            ? Frames.neighbourProbe(own, address.ip())
            : Frames.arpProbe(own, address.ip());
    int errno = sender.trySend(link.index(), frame);
    if (errno != 0) {
      throw unknown(address, Errno.describe(errno));
    }
  }

  /** Silence on a device that carries nothing proves nothing. */
  private Link usable(FloatingAddress address) throws LinuxException {
    Optional<Link> link = devices.look(address.device());
    if (link.isEmpty()) {
      throw unknown(address, "there is no such network device");
    }
    if (!link.get().neighbours()) {
      throw unknown(address, "the device has no neighbours to ask");
    }
    if (!link.get().carrier()) {
      throw unknown(address, "the device has no carrier");
    }
    return link.get();
  }

  private static AddressException unknown(FloatingAddress address, String why) {
    return new AddressException("can't tell who has " + address + ": " + why);
  }
}
