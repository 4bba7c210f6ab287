package io.twinbeat.cli;

/** What the program says about itself. */
final class Help {
  private static final String[][] COMMANDS = {
    {"status", "who holds what, since when and why; readiness, links, fence devices"},
    {"takeover", "take a group, or all, to this node"},
    {"standby", "give a group, or all, to the peer"},
    {"failback", "move a group, or all, to its preferred node"},
    {"fence", "test, switch off or on, or confirm by hand that a node is off"},
    {"drain", "give a real server no new connections; undrain ends it"},
    {"undrain", "give a drained real server new connections again"},
    {"check", "is the file right, and is this pair able to fail over?"},
    {"events", "what happened"},
    {"explain", "why it happened, with the evidence"},
    {"reload", "use the changed file on both nodes, or on none"},
    {"maintenance", "for a while do nothing by itself, on both nodes: on, off, or show it"},
    {"stop", "hand over, say goodbye and end the daemon on this node"},
    {"plan", "what the file does on each machine, and why; also as a picture"},
    {"realserver", "what this machine needs behind an LVS director: up, down, check"},
    {"upstreams", "write nginx's upstream files from the tiers, test and load them"},
    {"run", "be the daemon (systemd does this)"},
    {"key", "make the pair's secret key"},
    {"lab", "a whole site on this one machine, to try and to rehearse"},
    {"version", "which Twinbeat this is"},
    {"help", "all about one command: twinbeat help COMMAND"},
  };

  private static final int DISTANCE_MAX = 2;

  private Help() {}

  static String overview() {
    StringBuilder text = new StringBuilder(1200);
    text.append("Usage: twinbeat COMMAND [OPTIONS]\n\n");
    text.append("Keeps one service address alive on two machines.\n\nCommands:\n");
    for (String[] command : COMMANDS) {
      text.append("  ").append(command[0]).append(" ".repeat(12 - command[0].length()));
      text.append(command[1]).append('\n');
    }
    text.append("\nExit status: 0 done, 1 failed, 2 usage, 3 refused, 4 no daemon.\n");
    return text.toString();
  }

  /** "; did you mean 'status'?", or nothing. */
  static String nearest(String word) {
    String best = "";
    int least = DISTANCE_MAX + 1;
    for (String[] command : COMMANDS) {
      int distance = distance(word, command[0]);
      if (distance < least) {
        least = distance;
        best = command[0];
      }
    }
    return best.isEmpty() ? "" : "; did you mean '" + best + "'?";
  }

  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > DISTANCE_MAX) {
      return DISTANCE_MAX + 1;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(diagonal + change, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
