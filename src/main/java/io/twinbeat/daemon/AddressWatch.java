package io.twinbeat.daemon;

import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.linux.MacAddress;
import java.util.Map;

/** Says what others do to this node's floating addresses. */
final class AddressWatch implements Addresses.Listener {
  private final DaemonAlarms alarms;
  private final Chronicle chronicle;
  private volatile Runnable carrierChanged = () -> {};

  AddressWatch(DaemonAlarms alarms, Chronicle chronicle) {
    this.alarms = alarms;
    this.chronicle = chronicle;
  }

  void onCarrierChange(Runnable look) {
    carrierChanged = look;
  }

  @Override
  public void pruned(FloatingAddress address, boolean putBack, String detail) {
    if (putBack) {
      alarms.clear("pruned:" + address);
      chronicle.tell(
          "event",
          "ADDRESS_PUT_BACK",
          "somebody removed " + address + ": put back (" + detail + ")",
          Map.of());
    } else {
      alarms.raise(
          "pruned:" + address,
          "somebody removed " + address + " and it cannot be put back: " + detail,
          "find the program that removes it (NetworkManager, systemd-networkd, ifdown)");
    }
  }

  @Override
  public void duplicate(FloatingAddress address, MacAddress other) {
    alarms.raise(
        "duplicate:" + address,
        "another machine (" + other + ") claims " + address,
        "find the machine with this hardware address and remove the address there");
  }

  @Override
  public void carrierChanged(String device, boolean up) {
    chronicle.tell(
        "event", "CARRIER", "the carrier of " + device + " is " + (up ? "up" : "down"), Map.of());
    carrierChanged.run();
  }
}
