package io.twinbeat.lvs.realserver;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a real server reads and changes of its machine; {@link Kernel} is the real one. */
interface Ground {
  /** Empty when this kernel has no such setting. */
  Optional<String> value(String sysctl) throws IOException;

  void set(String sysctl, String value) throws IOException;

  /** The names of all network devices. */
  List<String> devices() throws IOException;

  /** Empty when there is no such device. */
  Optional<Boolean> isUp(String device) throws IOException;

  void setUp(String device, boolean up) throws IOException;

  boolean has(Setting.Local address) throws IOException;

  void add(Setting.Local address) throws IOException;

  /** Fine for an address that is not there. */
  void remove(Setting.Local address) throws IOException;

  /** Loads a kernel module. */
  void load(String module) throws IOException;
}
