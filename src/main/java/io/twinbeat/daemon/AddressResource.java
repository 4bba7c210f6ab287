package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.Resource;
import io.twinbeat.resource.ResourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The floating addresses of a group that stand side by side in the file, as one resource. */
final class AddressResource implements Resource {
  private final String name;
  private final List<FloatingAddress> all;
  private final Addresses addresses;
  private final AddressOnWire wire;
  private final Limits limits;

  AddressResource(
      String name,
      List<FloatingAddress> all,
      Addresses addresses,
      AddressOnWire.Peer peer,
      Limits limits) {
    this.name = name;
    this.all = List.copyOf(all);
    this.addresses = addresses;
    this.wire = new AddressOnWire(this.all, addresses, peer);
    this.limits = limits;
  }

  List<FloatingAddress> all() {
    return all;
  }

  boolean anyPresent() {
    Set<FloatingAddress> present = addresses.present();
    return all.stream().anyMatch(present::contains);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String type() {
    return "address";
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public boolean keptInMaintenance() {
    return true;
  }

  @Override
  public void prepare() {
    // The sockets were opened and warmed when the daemon started.
  }

  @Override
  public void start() throws ResourceException {
    try {
      addresses.take(all);
    } catch (AddressException e) {
      throw new ResourceException(e.getMessage(), e);
    }
  }

  @Override
  public void stop(StopMode mode) throws ResourceException {
    try {
      addresses.release(all);
    } catch (AddressException e) {
      throw new ResourceException(e.getMessage(), e);
    }
  }

  @Override
  public Health check() {
    Set<FloatingAddress> present = addresses.present();
    List<String> missing = new ArrayList<>();
    for (FloatingAddress address : all) {
      if (!present.contains(address)) {
        missing.add(address.toString());
      }
    }
    return missing.isEmpty()
        ? new Health.Healthy("on this machine")
        : new Health.Failed("not on this machine: " + String.join(", ", missing));
  }

  @Override
  public List<ReadinessItem> readiness() {
    List<ReadinessItem> items = new ArrayList<>();
    for (String device : all.stream().map(FloatingAddress::device).distinct().toList()) {
      String item = "carrier of " + device;
      Optional<String> fault = Carriers.fault(addresses, device);
      items.add(
          fault.isEmpty()
              ? ReadinessItem.good(item, "up")
              : ReadinessItem.hopeless(
                  item, fault.get(), "look at the cable or switch of " + device));
    }
    items.add(wire.item());
    return items;
  }

  @Override
  public void inspect() {
    wire.look();
  }
}
