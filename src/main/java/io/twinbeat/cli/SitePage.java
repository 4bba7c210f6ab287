package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.cli.SiteState.NodeState;
import io.twinbeat.cli.SiteState.PairState;
import io.twinbeat.cli.SiteState.ServerState;
import io.twinbeat.cli.SiteState.ServersState;
import io.twinbeat.cli.SiteState.TierState;
import io.twinbeat.cli.SiteState.View;
import java.util.ArrayList;
import java.util.List;

/** The page of {@code twinbeat status --site}: what is wrong, then each tier. */
final class SitePage {
  private static final int WIDTH = 80;

  /** More real servers are counted; those that do not serve are named. */
  private static final int NAMED_MAX = 4;

  private final Times times;
  private final Paint paint;
  private final StringBuilder page = new StringBuilder(4096);

  private SitePage(Times times, Paint paint) {
    this.times = times;
    this.paint = paint;
  }

  static String render(SiteState state, List<String> problems, Times times, Paint paint) {
    SitePage page = new SitePage(times, paint);
    page.problems(problems);
    for (TierState tier : state.tiers()) {
      page.page.append('\n');
      switch (tier) {
        case PairState pair -> page.pair(pair);
        case ServersState servers -> page.servers(servers);
      }
    }
    return page.page.toString();
  }

  private void problems(List<String> problems) {
    if (problems.isEmpty()) {
      page.append(paint.good("all is well")).append('\n');
      return;
    }
    page.append(paint.strong("PROBLEMS")).append('\n');
    for (String problem : problems) {
      List<String> lines = wrapped(problem, WIDTH - 4);
      page.append("  ").append(paint.bad("! ")).append(lines.getFirst()).append('\n');
      lines.stream().skip(1).forEach(line -> page.append("    ").append(line).append('\n'));
    }
  }

  /** At blanks; a word that is too long stays whole. */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(width);
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private void heading(String tier, String rest) {
    page.append(paint.strong(tier)).append(rest).append('\n');
  }

  private void pair(PairState pair) {
    if (!pair.told()) {
      String why = pair.asks() ? "its nodes do not answer" : "the file opens no port to ask them";
      heading(pair.name(), ", by a TCP look from here: " + why);
      looks(pair.looks());
      return;
    }
    heading(pair.name(), "");
    for (SitePlaces.Place place : SitePlaces.of(pair, times)) {
      page.append("  ");
      page.append(place.well() ? paint.good(place.sentence()) : paint.bad(place.sentence()));
      page.append('\n');
    }
    maintenance(pair);
    Table table = new Table(paint, "NODE", "HOLDS", "PEER", "READINESS", "TOLD BY");
    pair.nodes().forEach(node -> node(pair, node, table));
    table.print(page);
    pair.nodes().forEach(this::services);
  }

  private void maintenance(PairState pair) {
    for (NodeState node : pair.nodes()) {
      JsonObject maintenance =
          node.report() == null ? new JsonObject() : Json.object(node.report(), "maintenance");
      if (maintenance.size() > 0) {
        String until = times.clock(Json.text(maintenance, "until"), false);
        String text = "maintenance until " + until + ": " + Json.text(maintenance, "reason");
        wrapped(text, WIDTH - 2)
            .forEach(line -> page.append("  ").append(paint.doubtful(line)).append('\n'));
        return; // It is the pair's.
      }
    }
  }

  private void node(PairState pair, NodeState node, Table table) {
    String holds = SitePlaces.heldBy(pair, node);
    NodeState other = pair.other(node);
    if (node.report() != null) {
      String state = Json.text(Json.object(node.report(), "peer"), "state");
      table.row(
          node.name(),
          holds.isEmpty() ? "-" : holds,
          state.equals("heard") ? paint.good(state) : paint.bad(state),
          readiness(node.report(), node.name()),
          node.how().equals(NodeState.DAEMON)
              ? "its daemon, on this machine"
              : "its daemon, over the network");
    } else if (other.report() != null) {
      boolean heard = Json.text(Json.object(other.report(), "peer"), "state").equals("heard");
      table.row(
          node.name(),
          holds.isEmpty() ? "-" : holds,
          "?",
          heard ? readiness(other.report(), node.name()) : "?",
          other.name() + (node.how().isEmpty() ? "" : "; it does not answer"));
    }
  }

  private String readiness(JsonObject report, String node) {
    JsonObject of = Json.object(Json.object(report, "readiness"), node);
    return Json.flag(of, "ready")
        ? paint.good("ready")
        : paint.bad(Json.flag(of, "able") ? "NOT ready" : "NOT able");
  }

  private void services(NodeState node) {
    List<JsonObject> services = SiteQuestion.services(node);
    if (services.isEmpty()) {
      return;
    }
    Table table = new Table(paint, "SERVICE", "STATE", "SERVERS, AS " + node.name() + " SEES THEM");
    for (JsonObject service : services) {
      String state = Json.text(service, "state");
      table.row(
          Json.text(service, "service"),
          state.equals("ok") ? paint.good(state) : paint.bad(state),
          servers(Json.list(service, "servers")));
    }
    table.print(page);
  }

  /** "px1 up, px2 down", or of many "14 up, web3 down". */
  private String servers(List<JsonObject> servers) {
    List<String> shown = new ArrayList<>();
    boolean many = servers.size() > NAMED_MAX;
    long up = servers.stream().filter(server -> Json.text(server, "state").equals("up")).count();
    if (many) {
      shown.add(up + " up");
    }
    int named = 0;
    for (JsonObject server : servers) {
      String state = Json.text(server, "state");
      if (many && (state.equals("up") || named == NAMED_MAX)) {
        continue;
      }
      named++;
      shown.add(Json.text(server, "name") + " " + state(state));
    }
    long rest = servers.size() - up - named;
    if (many && rest > 0) {
      shown.add("and " + rest + " more that are not");
    }
    return String.join(", ", shown);
  }

  private String state(String state) {
    return switch (state) {
      case "up" -> paint.good(state);
      case "drained", "unchecked" -> paint.doubtful(state);
      default -> paint.bad(state);
    };
  }

  private void servers(ServersState servers) {
    heading(servers.name(), "");
    Table table = new Table(paint, "SERVER", "ADDRESS", "STATE", "TOLD BY");
    for (ServerState server : servers.servers()) {
      for (View view : server.views()) {
        table.row(
            server.name(),
            Json.text(view.server(), "address"),
            state(Json.text(view.server(), "state")),
            view.director() + "'s checks, for " + view.service());
      }
      for (SiteLook look : server.looks()) {
        table.row(server.name(), look.address(), answer(look), "a TCP look from here");
      }
    }
    print(table);
  }

  private void looks(List<SiteLook> looks) {
    Table table = new Table(paint, "SERVES", "ADDRESS", "STATE");
    looks.forEach(look -> table.row(look.what().name(), look.address(), answer(look)));
    print(table);
  }

  private void print(Table table) {
    if (table.isEmpty()) {
      page.append("  nothing that could be asked from here\n");
    } else {
      table.print(page);
    }
  }

  private String answer(SiteLook look) {
    String word = look.answer().name().toLowerCase(java.util.Locale.ROOT);
    return switch (look.answer()) {
      case OPEN -> paint.good(word);
      case REFUSED, SILENT -> look.good() ? paint.doubtful(word) : paint.bad(word);
    };
  }
}
