package io.twinbeat.daemon;

import io.twinbeat.address.Addresses;
import io.twinbeat.decision.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Whether this node's service side is connected: carrier on every device with a floating address,
 * and at least one reference point, where the file names any. Tells the core of each change.
 */
final class Connection {
  private final Addresses addresses;
  private final Set<String> devices;
  private final References references;
  private final Consumer<Event> events;
  private Boolean told;

  Connection(
      Addresses addresses, Set<String> devices, References references, Consumer<Event> events) {
    this.addresses = addresses;
    this.devices = new TreeSet<>(devices);
    this.references = references;
    this.events = events;
  }

  synchronized void look() {
    List<String> faults = new ArrayList<>();
    for (String device : devices) {
      Carriers.fault(addresses, device).ifPresent(faults::add);
    }
    if (references.lost()) {
      faults.add(references.detail());
    }
    boolean connected = faults.isEmpty();
    String detail = connected ? "carrier up, " + references.detail() : String.join(", ", faults);
    if (told == null || told != connected) {
      told = connected;
      events.accept(new Event.ConnectionChanged(connected, detail));
    }
  }
}
