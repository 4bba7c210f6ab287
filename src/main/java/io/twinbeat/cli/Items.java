package io.twinbeat.cli;

import io.twinbeat.daemon.RealServerSide;
import java.util.List;

/** What was looked at, item by item. */
final class Items {
  private Items() {}

  /** The exit status: failed when one is bad. */
  static int print(Surroundings at, List<RealServerSide.Item> items) {
    Paint paint = new Paint(at.colour());
    int exit = Exit.DONE;
    for (RealServerSide.Item item : items) {
      String state =
          item.good()
              ? paint.good("ok  ")
              : item.risky() ? paint.doubtful("RISK") : paint.bad("BAD ");
      at.out().println("  " + state + "  " + item.what() + ": " + item.detail());
      if (!item.mend().isEmpty()) {
        at.out().println("        mend: " + item.mend());
      }
      if (!item.good() && !item.risky()) {
        exit = Exit.FAILED;
      }
    }
    return exit;
  }
}
