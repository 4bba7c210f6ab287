package io.twinbeat.lvs;

import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import io.twinbeat.daemon.ServerLooks;
import io.twinbeat.linux.InterfaceAddress;
import io.twinbeat.linux.IpvsDestination.Connections;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.RouteSocket;
import io.twinbeat.resource.ProbeSettings;
import io.twinbeat.resource.ServiceProbe;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A director as a process in a network namespace, steered by lines: the lvs resource of a file. */
final class GuestDirector {
  private static final Duration LOOK_LIMIT = Duration.ofSeconds(1);

  private static final SyncDaemons SYNC_DAEMONS =
      SyncDaemons.open(Path.of("/run/lvs/sync-" + ProcessHandle.current().pid()), "boot");

  private GuestDirector() {}

  public static void main(String... args) throws IOException {
    System.out.println("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Optional<Director> director = Optional.empty();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> words = List.of(line.split(" ", -1));
      if (words.getFirst().equals("use")) {
        director.ifPresent(Director::close);
        director = Optional.of(director(Path.of(words.get(1)), Path.of(words.get(2))));
        System.out.println("ok");
      } else {
        System.out.println(answer(director.orElseThrow(), words));
      }
    }
  }

  /** The first lvs resource of the file, and the folder of what it keeps. */
  private static Director director(Path file, Path state) {
    Reading reading = SiteReader.read(file);
    if (!(reading instanceof Reading.Good good)) {
      throw new IllegalArgumentException(reading.toString());
    }
    LvsConfig config =
        good.site().pair().groups().getFirst().resources().stream()
            .filter(LvsConfig.class::isInstance)
            .map(LvsConfig.class::cast)
            .findFirst()
            .orElseThrow();
    Director.Voice voice =
        new Director.Voice() {
          @Override
          public void event(String sentence) {
            System.out.println("~ " + sentence);
          }

          @Override
          public void alarm(String key, String what, String mend) {
            System.out.println("~ ALARM " + what);
          }

          @Override
          public void clear(String key) {}
        };
    Director director =
        new Director(
            config,
            "site-lvs",
            new Shared(
                state,
                "boot",
                Sysctls.open(state.resolve("sysctls"), "boot"),
                SYNC_DAEMONS,
                new NamedServices()),
            Set.of("eth0"),
            ServerLooks::of,
            voice);
    director.begin();
    return director;
  }

  /** As the daemon adds a floating address. */
  private static String take(String ip, int prefixLength, String device) {
    try (RouteSocket route = RouteSocket.open()) {
      int index = route.link(device).orElseThrow().index();
      return route
          .add(List.of(new InterfaceAddress(index, InetAddress.ofLiteral(ip), prefixLength)))
          .toString();
    } catch (LinuxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String answer(Director director, List<String> words) {
    long began = System.nanoTime();
    try {
      String answer =
          switch (words.getFirst()) {
            case "prepare" -> {
              director.prepare();
              yield "";
            }
            case "start" -> {
              director.start();
              yield "";
            }
            case "stop" -> {
              director.stop();
              yield "";
            }
            case "take" -> take(words.get(1), Integer.parseInt(words.get(2)), words.get(3));
            case "check" -> director.check().toString();
            case "inspect" -> director.inspect().toString();
            case "report" -> director.report().toString();
            case "finish" -> {
              SYNC_DAEMONS.finish();
              yield "";
            }
            case "standby" -> {
              director.standBy();
              yield "";
            }
            case "retire" -> { // As a reload whose file has it no more.
              director.close();
              director.stop();
              yield "";
            }
            case "end-sync" -> {
              SYNC_DAEMONS.endAll();
              yield "";
            }
            case "drained" -> {
              Set<String> servers = Set.copyOf(words.subList(1, words.size()));
              director.drained(servers);
              Connections left = Connections.NONE;
              for (String server : servers) {
                left = left.plus(director.connections(server).orElse(Connections.NONE));
              }
              yield left.toString();
            }
            case "look" ->
                ServiceProbe.look(
                        InetAddress.ofLiteral(words.get(1)),
                        new ProbeSettings.Tcp(Integer.parseInt(words.get(2))),
                        LOOK_LIMIT)
                    .toString();
            default -> throw new IllegalArgumentException(words.toString());
          };
      return "ok " + (System.nanoTime() - began) / 1000 + " us " + answer;
    } catch (LvsException e) {
      return "error " + e.getMessage();
    }
  }
}
