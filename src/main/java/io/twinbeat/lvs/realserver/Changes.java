package io.twinbeat.lvs.realserver;

import io.twinbeat.lvs.realserver.Memory.Done;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the machine as wanted, and puts back what it found. Each change is remembered before it is
 * made, so both may be killed anywhere and run again. Sentences tell what was done.
 */
final class Changes {
  private final Ground ground;
  private final Memory memory;
  private final List<String> said = new ArrayList<>();

  Changes(Ground ground, Memory memory) {
    this.ground = ground;
    this.memory = memory;
  }

  /** What was done, in order; empty when all was so already. */
  List<String> said() {
    return List.copyOf(said);
  }

  void up(List<Duty> duties) throws IOException {
    Wanted wanted = new Wanted(duties);
    for (Wanted.Module module : wanted.modules()) {
      if (ground.isUp(module.device()).isEmpty()) {
        ground.load(module.name());
        said.add("loaded the kernel module " + module.name());
      }
    }
    List<Setting> settings = wanted.settings(ground.devices(), this::before);
    List<Done> stale = new ArrayList<>();
    for (Done each : memory.done()) {
      if (settings.stream().noneMatch(each::serves)) {
        stale.add(each);
      }
    }
    undo(stale);
    List<Setting> missing = new ArrayList<>();
    List<Done> news = new ArrayList<>();
    for (Setting setting : settings) {
      if (!holds(setting)) {
        missing.add(setting);
        if (memory.done().stream().noneMatch(each -> each.serves(setting))) {
          news.add(change(setting));
        }
      }
    }
    memory.remember(news);
    for (Setting setting : missing) {
      make(setting);
    }
  }

  void down() throws IOException {
    undo(memory.done());
  }

  private Optional<String> before(String sysctl) throws IOException {
    Optional<String> remembered = memory.before(sysctl);
    return remembered.isPresent() ? remembered : ground.value(sysctl);
  }

  private boolean holds(Setting setting) throws IOException {
    return switch (setting) {
      case Setting.Value value -> {
        Optional<String> present = ground.value(value.sysctl());
        yield present.isPresent() && value.holds(present.get());
      }
      case Setting.Up up -> ground.isUp(up.device()).orElse(false);
      case Setting.Local address -> ground.has(address);
    };
  }

  private Done change(Setting setting) throws IOException {
    return switch (setting) {
      case Setting.Value value -> {
        Optional<String> present = ground.value(value.sysctl());
        if (present.isEmpty()) {
          throw new IOException("this kernel has no setting " + value.sysctl());
        }
        yield new Done.Changed(value.sysctl(), present.get(), value.wanted());
      }
      case Setting.Up up -> new Done.SwitchedOn(up.device());
      case Setting.Local address -> new Done.Added(address);
    };
  }

  private void make(Setting setting) throws IOException {
    switch (setting) {
      case Setting.Value value -> {
        String present = ground.value(value.sysctl()).orElse("");
        ground.set(value.sysctl(), value.wanted());
        said.add("set " + value.sysctl() + " to " + value.wanted() + " (was " + present + ")");
      }
      case Setting.Up up -> {
        ground.setUp(up.device(), true);
        said.add("switched on " + up.device());
      }
      case Setting.Local address -> {
        ground.add(address);
        said.add("added " + address);
      }
    }
  }

  /** In reverse: the address goes before what keeps the machine silent about it. */
  private void undo(List<Done> changes) throws IOException {
    List<Done> undone = new ArrayList<>();
    try {
      for (Done each : changes.reversed()) {
        undo(each);
        undone.add(each);
      }
    } finally {
      memory.forget(undone);
    }
  }

  private void undo(Done each) throws IOException {
    switch (each) {
      case Done.Changed(String sysctl, String before, String set) -> {
        Optional<String> present = ground.value(sysctl);
        if (present.isEmpty() || present.get().equals(before)) {
          return; // Its device is gone, or 'up' did not come so far.
        }
        if (present.get().equals(set)) {
          ground.set(sysctl, before);
          said.add("set " + sysctl + " back to " + before);
        } else {
          said.add(sysctl + " is " + present.get() + ", which somebody else set: left alone");
        }
      }
      case Done.SwitchedOn(String device) -> {
        if (ground.isUp(device).orElse(false)) {
          ground.setUp(device, false);
          said.add("switched off " + device);
        }
      }
      case Done.Added(Setting.Local address) -> {
        if (ground.has(address)) {
          ground.remove(address);
          said.add("removed " + address);
        }
      }
    }
  }
}
