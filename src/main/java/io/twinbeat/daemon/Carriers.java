package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.address.Addresses;
import java.util.Optional;

/** Whether a device has carrier; one that is missing has none. */
final class Carriers {
  private Carriers() {}

  /** What is wrong with the device; empty when its carrier is up. */
  static Optional<String> fault(Addresses addresses, String device) {
    try {
      return addresses.carrier(device) ? Optional.empty() : Optional.of("no carrier on " + device);
    } catch (AddressException e) {
      return Optional.of(e.getMessage());
    }
  }
}
